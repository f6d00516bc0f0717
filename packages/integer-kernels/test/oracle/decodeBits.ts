import type { Weights } from '../../src/index.js';

/** The weights as they are used, read bit by bit from the packed rows. */
export function decodeBits({ bits, code, zeroPoint, shape, data }: Weights): bigint[] {
  const rowLength = shape.slice(1).reduce((product, size) => product * size, 1);
  const rowBytes = data.length / shape[0];
  const values: bigint[] = [];
  for (let row = 0; row < shape[0]; row += 1) {
    for (let i = 0; i < rowLength; i += 1) {
      let pattern = 0n;
      for (let bit = 0; bit < bits; bit += 1) {
        const position = i * bits + bit;
        const byte = data[row * rowBytes + Math.floor(position / 8)];
        if (Math.floor(byte / 2 ** (position % 8)) % 2 === 1) pattern += 2n ** BigInt(bit);
      }
      values.push(meaningOf(pattern, BigInt(bits), code) - BigInt(zeroPoint));
    }
  }
  return values;
}

function meaningOf(pattern: bigint, bits: bigint, code: Weights['code']): bigint {
  const levels = 2n ** bits;
  switch (code) {
    case 'unsigned':
      return pattern;
    case 'twosComplement':
      return pattern >= levels / 2n ? pattern - levels : pattern;
    case 'odd':
      return 2n * pattern - (levels - 1n);
    case 'sign':
      return pattern === 0n ? -1n : 1n;
  }
}
