import type { Weights } from '../weights.js';
import { decodeWeight } from './decodeWeight.js';
import { packedRowBytes, weightRowLength } from './packedRowBytes.js';

/** The weights as they are used, `decode(code) - zeroPoint`, in the order of `shape`. */
export function unpackWeights(weights: Weights): Int16Array {
  const { bits, code, zeroPoint, data } = weights;
  // The levels of eight bits are the bytes themselves: the engine converts them at once, which matters with millions.
  if (bits === 8 && zeroPoint === 0 && code === 'unsigned') return new Int16Array(data);
  if (bits === 8 && zeroPoint === 0 && code === 'twosComplement') {
    return new Int16Array(new Int8Array(data.buffer, data.byteOffset, data.length));
  }
  const codes = unpackCodes(weights);
  const levels = Int16Array.from({ length: 1 << bits }, (_, code) => decodeWeight(code, weights) - zeroPoint);
  const values = new Int16Array(codes.length);
  for (let i = 0; i < codes.length; i += 1) values[i] = levels[codes[i]];
  return values;
}

/** The codes, unsigned bit patterns of `bits` bits, in the order of `shape`. */
export function unpackCodes({ bits, shape, data }: Weights): Uint8Array {
  // Eight-bit codes stand one a byte, without holes.
  if (bits === 8) return data.slice();
  const rows = shape[0];
  const rowLength = weightRowLength(shape);
  const rowBytes = packedRowBytes(rowLength, bits);
  const mask = (1 << bits) - 1;
  const codes = new Uint8Array(rows * rowLength);
  for (let row = 0; row < rows; row += 1) {
    for (let i = 0; i < rowLength; i += 1) {
      const bit = i * bits;
      const byte = row * rowBytes + Math.floor(bit / 8);
      const offset = bit & 7;
      // A code that ends in this byte must not reach for the next one: it may lie behind the data.
      const next = offset + bits > 8 ? data[byte + 1] : 0;
      codes[row * rowLength + i] = ((data[byte] | (next << 8)) >>> offset) & mask;
    }
  }
  return codes;
}
