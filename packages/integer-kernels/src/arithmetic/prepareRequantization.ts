import type { ActivationSpec } from '../activation.js';
import type { Requantization } from '../requantization.js';
import { countThresholds } from './countThresholds.js';
import { divide, prepareDivisor } from './divide.js';
import { requantize } from './requantize.js';
import { roundShift } from './roundShift.js';

/** Turns the int32 accumulator of an output channel into the stored output value. */
export type Finish = (accumulator: number, channel: number) => number;

/** Range and zero point of the values that a {@link Finish} returns. */
type OutputRange = Pick<ActivationSpec, 'zeroPoint' | 'quantMin' | 'quantMax'>;

/**
 * Prepares `clamp(zeroPoint + requantize(accumulator))`, or the threshold count.
 *
 * The requantization must have passed its check. The sum with the zero point is exact: it never wraps.
 */
export function prepareRequantization(requantization: Requantization, output: OutputRange): Finish {
  if (requantization.kind === 'threshold') {
    const { count, thresholds } = requantization;
    const step = thresholds.length > count ? count : 0;
    return (accumulator, channel) =>
      output.quantMin + countThresholds(accumulator, thresholds, Math.imul(channel, step), count);
  }
  const rescale = prepareRescale(requantization);
  const clamp = prepareClamp(output);
  return (accumulator, channel) => clamp(rescale(accumulator, channel));
}

/** Prepares `min(max(value + zeroPoint, quantMin), quantMax)` for any int32 value. */
export function prepareClamp({ zeroPoint, quantMin, quantMax }: OutputRange): (value: number) => number {
  // The zero point is added after the clamp, between bounds that are moved: the sum cannot leave the range.
  const min = quantMin - zeroPoint;
  const max = quantMax - zeroPoint;
  return (value) => Math.min(Math.max(value, min), max) + zeroPoint;
}

function prepareRescale(requantization: Exclude<Requantization, { kind: 'threshold' }>): Finish {
  switch (requantization.kind) {
    case 'none':
      return (accumulator) => accumulator;
    case 'multiplier': {
      const { multipliers, shifts, rounding } = requantization;
      const rescales = Array.from({ length: Math.max(multipliers.length, shifts.length) }, (_, i) => ({
        multiplier: multipliers[multipliers.length > 1 ? i : 0],
        shift: shifts[shifts.length > 1 ? i : 0],
        rounding,
      }));
      return perChannel(rescales, requantize);
    }
    case 'shift': {
      const { shifts, rounding } = requantization;
      return perChannel([...shifts], (accumulator, shift) => roundShift(accumulator, shift, rounding));
    }
    case 'divide': {
      const { divisors, rounding } = requantization;
      const single = rounding === 'halfToEven' ? rounding : 'halfUp';
      return perChannel([...divisors].map(prepareDivisor), (accumulator, divisor) =>
        divide(accumulator, divisor, single),
      );
    }
  }
}

/** Applies the parameter of the channel, or the only one there is. */
function perChannel<Parameter>(
  parameters: readonly Parameter[],
  apply: (accumulator: number, parameter: Parameter) => number,
): Finish {
  const first = parameters[0];
  if (parameters.length === 1) return (accumulator) => apply(accumulator, first);
  return (accumulator, channel) => apply(accumulator, parameters[channel]);
}
