import type { Rescale, Rounding } from '../requantization.js';
import type { OpBase } from './op.js';

/** Concatenation along `axis` (not the batch); each input rescaled: `clamp(zeroPoint + requantize(x - zeroPoint_i, rescales[i]))`. */
export interface ConcatOp extends OpBase<'concat'> {
  /** 1 .. rank - 1. */
  readonly axis: number;
  /** One per input. */
  readonly rescales: readonly Rescale[];
  readonly rounding: Rounding;
}
