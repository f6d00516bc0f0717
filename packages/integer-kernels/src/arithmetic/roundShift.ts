import type { Rounding } from '../requantization.js';

/**
 * `round(value / 2^shift)` for an int32 value and a shift of 0 .. 31; exact, cannot overflow.
 *
 * `halfUp` is `floor(value / 2^shift + 1/2)`; `gemmlowp` rounds halves away from zero (gemmlowp's RoundingDivideByPOT,
 * CMSIS-NN's arm_nn_divide_by_power_of_two); `halfToEven` rounds halves to the even neighbor.
 */
export function roundShift(value: number, shift: number, rounding: Rounding): number {
  if (shift === 0) return value | 0;
  const floor = value >> shift;
  const remainder = value & (-1 >>> (32 - shift));
  const half = 1 << (shift - 1);
  if (remainder !== half) return remainder > half ? floor + 1 : floor;
  return floor + tieStep(floor, rounding);
}

/** What is added to the floor of an exact half: 0 or 1. */
function tieStep(floor: number, rounding: Rounding): number {
  if (rounding === 'halfUp') return 1;
  if (rounding === 'halfToEven') return floor & 1;
  return floor < 0 ? 0 : 1;
}
