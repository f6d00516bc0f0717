/**
 * How a stored code of `bits` bits stands for a weight:
 * - `twosComplement`: -2^(bits-1) .. 2^(bits-1) - 1
 * - `unsigned`: 0 .. 2^bits - 1
 * - `odd`: 2 * code - (2^bits - 1), the odd integers, without a zero level (DoReFa)
 * - `sign`: one bit, 0 is -1 and 1 is +1
 */
export type WeightCode = 'twosComplement' | 'unsigned' | 'odd' | 'sign';

/** How weights are stored; the weight used is `decode(code) - zeroPoint`. */
export interface WeightFormat {
  /** 1 to 8. */
  readonly bits: number;
  readonly code: WeightCode;
  /** Subtracted after decoding; within the range of the code. */
  readonly zeroPoint: number;
}

/**
 * Constant weights of a layer, packed.
 *
 * A row holds all weights of one output channel, in the order of `shape` after its first axis. Each row starts at
 * a byte; codes follow one another from the low bits up. 8-bit weights are therefore one a byte, dense.
 */
export interface Weights extends WeightFormat {
  /** `[outputChannels, ...]`; see each op. */
  readonly shape: readonly number[];
  /** Packed codes, `outputChannels * ceil(rowLength * bits / 8)` bytes. */
  readonly data: Uint8Array;
}
