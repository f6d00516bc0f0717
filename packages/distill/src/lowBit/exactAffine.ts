import { deadVariance } from '../teacher/batchNormAffine.js';
import type { Teacher, TeacherOperation, TeacherParameters } from '../teacher/teacher.js';
import { add, exactly, fraction, multiply, subtract, type Rational } from './rational.js';

/** `gain * x + offset` of one channel, in fractions. */
export interface ExactAffine {
  readonly gain: Rational;
  readonly offset: Rational;
}

const one = fraction(1n, 1n);
const zero = fraction(0n, 1n);

/**
 * Bias, normalizations and rescalings of a block as one exact gain and offset a channel.
 *
 * Every float32 parameter is taken as the number that it is; `1 / sqrt(variance + epsilon)` is the nearest float64. A channel without
 * variance is the constant beta.
 */
export function exactAffine(
  teacher: Teacher,
  nodeNames: readonly string[],
  bias: Float32Array,
): ExactAffine[] {
  const nodes = teacher.nodes.filter(({ name }) => nodeNames.includes(name));
  return Array.from(bias, (shift, channel) => {
    let affine: ExactAffine = { gain: one, offset: exactly(shift) };
    for (const { name, operation } of nodes) {
      const next = channelAffine(operation, teacher.parameters(name), channel);
      if (next !== null) affine = compose(affine, next);
    }
    return affine;
  });
}

function compose(first: ExactAffine, second: ExactAffine): ExactAffine {
  return {
    gain: multiply(first.gain, second.gain),
    offset: add(multiply(first.offset, second.gain), second.offset),
  };
}

function channelAffine(
  operation: TeacherOperation,
  { gamma, beta, mean, variance, gain, offset }: TeacherParameters,
  channel: number,
): ExactAffine | null {
  if (operation.kind === 'affine' && gain !== undefined && offset !== undefined)
    return { gain: exactly(gain[channel]), offset: exactly(offset[channel]) };
  if (operation.kind !== 'batchNormalization' || mean === undefined || variance === undefined) return null;
  const shift = exactly(beta?.[channel] ?? 0);
  const spread = variance[channel];
  if (spread < deadVariance) return { gain: zero, offset: shift };
  const factor = multiply(exactly(gamma?.[channel] ?? 1), exactly(1 / Math.sqrt(spread + operation.epsilon)));
  return { gain: factor, offset: subtract(shift, multiply(exactly(mean[channel]), factor)) };
}
