import type { ActivationSpec } from '../activation.js';

/** Largest `|stored - zeroPoint|` that an activation can hold. */
export function activationMagnitude({ quantMin, quantMax, zeroPoint }: ActivationSpec): number {
  return Math.max(Math.abs(quantMin - zeroPoint), Math.abs(quantMax - zeroPoint));
}

/** Largest magnitude that an activation can store; -2^31 counts as 2^31 - 1, since an int32 always holds itself. */
export function storedMagnitude({ quantMin, quantMax }: ActivationSpec): number {
  return Math.min(Math.max(Math.abs(quantMin), Math.abs(quantMax)), 0x7fffffff);
}

/** {@link activationMagnitude} of a value that is not summed; -2^31 counts as 2^31 - 1, since an int32 holds it. */
export function differenceMagnitude(input: ActivationSpec): number {
  return Math.min(activationMagnitude(input), 0x7fffffff);
}

/** Largest magnitude of a bias; 0 without one. */
export function biasMagnitude(bias: Int32Array | undefined): number {
  return bias === undefined ? 0 : bias.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
}
