/**
 * How a quotient that is not whole is rounded:
 * - `halfUp`: once, to the nearest, halves towards plus infinity. The project's rule.
 * - `gemmlowp`: twice, as gemmlowp, TFLite's reference kernels and CMSIS-NN do it.
 * - `halfToEven`: once, to the nearest, halves to the even neighbour, as ONNX does it.
 */
export type Rounding = 'halfUp' | 'gemmlowp' | 'halfToEven';

/** One dyadic factor: `multiplier / 2^shift`. */
export interface Rescale {
  /** 0 .. 2^31 - 1. */
  readonly multiplier: number;
  /** 0 .. 62. */
  readonly shift: number;
}

/**
 * How an int32 accumulator becomes the output value, before the zero point is added and the clamp is applied.
 * Every array has one entry for the tensor, or one per output channel.
 */
export type Requantization =
  /** The output is the accumulator itself (output type int32). */
  | { readonly kind: 'none' }
  /** `round(acc * multiplier / 2^shift)`. */
  | {
      readonly kind: 'multiplier';
      readonly rounding: Rounding;
      readonly multipliers: Int32Array;
      readonly shifts: Int32Array;
    }
  /** `round(acc / 2^shift)`, shift 0 .. 31. */
  | { readonly kind: 'shift'; readonly rounding: Rounding; readonly shifts: Int32Array }
  /** `round(acc / divisor)`, divisor 1 .. 2^31 - 1; `gemmlowp` is not defined for it. */
  | { readonly kind: 'divide'; readonly rounding: Rounding; readonly divisors: Int32Array }
  /**
   * `quantMin + (number of thresholds <= acc)`; the zero point is not added. `count` (1 .. 15) ascending thresholds
   * per row, one row for the tensor or one per channel: `thresholds[row * count + i]`.
   */
  | { readonly kind: 'threshold'; readonly count: number; readonly thresholds: Int32Array };
