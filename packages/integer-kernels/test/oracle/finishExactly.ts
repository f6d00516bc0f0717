import type { ActivationSpec, Requantization } from '../../src/index.js';
import { clamp, requantizeExactly } from './requantizeExactly.js';
import { roundQuotient } from './roundQuotient.js';

/** The stored output of an accumulator, as docs/arithmetic.md states it, in exact integers. */
export function finishExactly(
  accumulator: bigint,
  channel: number,
  requantization: Requantization,
  output: ActivationSpec,
): bigint {
  if (requantization.kind === 'threshold') {
    const { count, thresholds } = requantization;
    const row = thresholds.length === count ? 0 : channel;
    const own = Array.from(thresholds.slice(row * count, (row + 1) * count));
    return BigInt(output.quantMin + own.filter((threshold) => BigInt(threshold) <= accumulator).length);
  }
  return clampTo(output, rescaleExactly(accumulator, channel, requantization) + BigInt(output.zeroPoint));
}

/** The nearest value that an activation can hold. */
export function clampTo({ quantMin, quantMax }: ActivationSpec, value: bigint): bigint {
  return clamp(value, BigInt(quantMin), BigInt(quantMax));
}

function rescaleExactly(
  accumulator: bigint,
  channel: number,
  how: Exclude<Requantization, { kind: 'threshold' }>,
): bigint {
  const of = (entries: Int32Array): number => entries[entries.length === 1 ? 0 : channel];
  switch (how.kind) {
    case 'none':
      return accumulator;
    case 'multiplier':
      return requantizeExactly(
        accumulator,
        { multiplier: of(how.multipliers), shift: of(how.shifts) },
        how.rounding,
      );
    case 'shift': {
      const rounding = how.rounding === 'gemmlowp' ? 'halfAwayFromZero' : how.rounding;
      return roundQuotient(accumulator, 2n ** BigInt(of(how.shifts)), rounding);
    }
    case 'divide':
      return roundQuotient(
        accumulator,
        BigInt(of(how.divisors)),
        how.rounding === 'halfToEven' ? 'halfToEven' : 'halfUp',
      );
  }
}
