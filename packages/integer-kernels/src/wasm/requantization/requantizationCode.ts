import type { DivisionRounding } from '../../arithmetic/divide.js';
import type { Rounding } from '../../requantization.js';

/**
 * What the emitted requantization code depends on; equal codes give equal instructions.
 *
 * Channel values (multipliers, thresholds, ...) are not part of it: they stand in records beside the weights.
 */
export type RequantizationCode =
  | { readonly kind: 'none' }
  /** A rounding product of 16 bits, tried for every value; takes int16 lanes. */
  | { readonly kind: 'product16'; readonly shift: number }
  /** Products of 32 bits, which bounded accumulators allow. */
  | ({ readonly kind: 'product32' } & Product32Code)
  /** One shift for all channels, rounded once, on 64-bit lanes. */
  | { readonly kind: 'multiply'; readonly halfToEven: boolean; readonly shift: number }
  /** The same behind a multiplication by a power of two for each channel, which brings all to one shift. */
  | { readonly kind: 'multiplyScaled'; readonly halfToEven: boolean; readonly shift: number }
  /** Shifts of 32 or more that differ, rounded half up: high words first, the rest by a power of two. */
  | { readonly kind: 'multiplyMixed' }
  /** Any shifts, lane by lane. */
  | { readonly kind: 'multiplyScalar'; readonly halfToEven: boolean }
  /** Double rounding, one left shift for all channels; the right shift may differ. */
  | { readonly kind: 'gemmlowp'; readonly left: number; readonly right: number | 'mixed' }
  /** Double rounding, any shifts, lane by lane. */
  | { readonly kind: 'gemmlowpScalar' }
  | { readonly kind: 'shift'; readonly rounding: Rounding; readonly shift: number | 'mixed' }
  | { readonly kind: 'shiftScalar'; readonly rounding: Rounding }
  | { readonly kind: 'divide'; readonly rounding: DivisionRounding }
  | { readonly kind: 'threshold'; readonly count: number };

/** How a product of 32 bits is formed and rounded: `(acc * factor + addend) >> shift`. */
export interface Product32Code {
  readonly shift: number;
  /** The factor is `high * 2^lowBits + low`; 0 where it is one number, and null where it is 1. */
  readonly lowBits: number | null;
  /** What is added before the shift: nothing, one half, a field, or two fields: the second is what negative values get less. */
  readonly addend: 'none' | 'half' | 'field' | 'signed';
}

/** One value for each channel, or one for all, that the code reads from its record. */
export type RecordField =
  | { readonly bits: 32; readonly values: readonly number[] }
  | { readonly bits: 64; readonly values: readonly bigint[] };

/** Code and channel values of one requantization. */
export interface RequantizationPlan {
  readonly code: RequantizationCode;
  /** In the order in which the code reads them. Each has one entry for the tensor or one per channel. */
  readonly fields: readonly RecordField[];
}
