import type { Weights } from '../weights.js';
import { decodeWeight } from './decodeWeight.js';
import { packedRowBytes, weightRowLength } from './packedRowBytes.js';
import { unpackWeights } from './unpackWeights.js';

/** `sum |weight|` of every row. */
export function rowMagnitudes(weights: Weights): Float64Array {
  const { bits, shape, data } = weights;
  if (8 % bits !== 0) return sumValues(unpackWeights(weights), shape[0]);
  // Codes that fill bytes are looked up a byte at a time: a large layer has tens of millions.
  const ofByte = Int32Array.from({ length: 256 }, (_, byte) => sumCodes(byte, 8 / bits, weights));
  const rowLength = weightRowLength(shape);
  const rowBytes = packedRowBytes(rowLength, bits);
  const rest = rowLength % (8 / bits);
  const wholeBytes = rest === 0 ? rowBytes : rowBytes - 1;
  return Float64Array.from({ length: shape[0] }, (_, row) => {
    const start = row * rowBytes;
    let sum = rest === 0 ? 0 : sumCodes(data[start + wholeBytes], rest, weights);
    for (let at = start; at < start + wholeBytes; at += 1) sum += ofByte[data[at]];
    return sum;
  });
}

/** `sum |weight|` of the first codes of a byte. */
function sumCodes(byte: number, count: number, weights: Weights): number {
  const { bits, zeroPoint } = weights;
  let sum = 0;
  for (let code = 0; code < count; code += 1) {
    const pattern = (byte >> (code * bits)) & ((1 << bits) - 1);
    sum += Math.abs(decodeWeight(pattern, weights) - zeroPoint);
  }
  return sum;
}

function sumValues(values: Int16Array, rows: number): Float64Array {
  const length = values.length / rows;
  return Float64Array.from({ length: rows }, (_, row) => {
    let sum = 0;
    for (let next = row * length; next < (row + 1) * length; next += 1) sum += Math.abs(values[next]);
    return sum;
  });
}
