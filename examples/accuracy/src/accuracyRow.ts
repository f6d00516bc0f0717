import type { RowSpec } from './rowSpec.js';

/** One measured row; accuracies in percent, on the full test set. */
export interface AccuracyRow extends RowSpec {
  readonly teacherTop1: number;
  readonly top1: number;
  /** Teacher less student, points. */
  readonly gap: number;
  /** Training steps of all stages together. */
  readonly steps: number;
  /** Multiply-accumulates of the training, forward, backward and the teacher's share. */
  readonly macs: number;
  /** null where there is no integer model. */
  readonly artifactBytes: number | null;
  readonly seconds: number;
  /** Whether the test set was cut short for a quick look. */
  readonly testImages: number;
}

/** A row with which images came out right, one bit an image, as base64: what paired tests need. */
export interface StoredRow extends AccuracyRow {
  readonly right: string;
}

/** Packs one 0 or 1 an image. */
export function packRight(right: Uint8Array): string {
  const bytes = new Uint8Array(Math.ceil(right.length / 8));
  right.forEach((bit, index) => {
    bytes[index >> 3] |= bit << (index & 7);
  });
  return Buffer.from(bytes).toString('base64');
}

/** The reverse of {@link packRight}. */
export function unpackRight(packed: string, count: number): Uint8Array {
  const bytes = Buffer.from(packed, 'base64');
  return Uint8Array.from({ length: count }, (_, index) => (bytes[index >> 3] >> (index & 7)) & 1);
}
