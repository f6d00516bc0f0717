import type { StoredBits } from './storedCodes.js';

/** Output channels in the lanes of one vector. */
export const BLOCK_ROWS = 16;

/** Blocks that use a table while it is in a register. */
export const UNIT_BLOCKS = 4;

/** Output channels of one unit. */
export const UNIT_ROWS = BLOCK_ROWS * UNIT_BLOCKS;

/**
 * Tables of the sums that four bits of weights, an index, can make of a few activations.
 *
 * An entry is one byte, or two: its low bits and the rest. Bytes are added as bytes while they fit, then as halfwords while those
 * fit, then as int32.
 */
export interface TableShape {
  /** Bits of a weight. */
  readonly bits: 1 | 2;
  /** Low bits of an entry where it has two bytes, else 0. */
  readonly lowBits: number;
  /** Bytes of weights, two indices each, that are added as bytes. */
  readonly bytesPerFold: number;
  /** Sums of bytes that are added as halfwords. */
  readonly foldsPerSegment: number;
  readonly segments: number;
}

/** Bytes of weights of one row. */
export function tableRowBytes({ bytesPerFold, foldsPerSegment, segments }: TableShape): number {
  return bytesPerFold * foldsPerSegment * segments;
}

/** Activations of one byte of weights. */
export function byteFeatures({ bits }: Pick<TableShape, 'bits'>): number {
  return 8 / bits;
}

/** Bytes of the two tables that one byte of weights looks up. */
export function byteTableBytes({ lowBits }: Pick<TableShape, 'lowBits'>): number {
  return lowBits === 0 ? 32 : 64;
}

/** Chooses how entries are split: as seldom folded as possible. `magnitude` is the largest activation; none is negative. */
export function tableShape(bits: StoredBits & (1 | 2), magnitude: number, features: number): TableShape {
  const largest = (4 / bits) * ((1 << bits) - 1) * magnitude;
  const isSplit = largest > 127;
  const bytes = Math.ceil((features * bits) / 8);
  const lowBits = isSplit ? Math.ceil(bitLength(largest) / 2) : 0;
  const part = isSplit ? Math.max((1 << lowBits) - 1, largest >> lowBits) : largest;
  const bytesPerFold = Math.min(Math.floor(127 / Math.max(part, 1)), bytes);
  const folds = Math.ceil(bytes / bytesPerFold);
  const segments = Math.ceil(folds / Math.floor(0xffff / (2 * bytesPerFold * Math.max(part, 1))));
  return { bits, lowBits, bytesPerFold, foldsPerSegment: Math.ceil(folds / segments), segments };
}

function bitLength(value: number): number {
  return 32 - Math.clz32(value);
}
