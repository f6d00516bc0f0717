import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { weightFormat } from '../../test/arbitraries/weights.js';
import { decodeBits } from '../../test/oracle/decodeBits.js';
import { decodeWeight } from './decodeWeight.js';
import { packCodes, packWeights } from './packWeights.js';
import { unpackCodes, unpackWeights } from './unpackWeights.js';

const rows = fc.record({ rows: fc.integer({ min: 1, max: 4 }), rowLength: fc.integer({ min: 1, max: 19 }) });

describe('packed weights', () => {
  test('give back their codes and weights for every width, code and zero point', () => {
    fc.assert(
      fc.property(weightFormat, rows, fc.infiniteStream(fc.nat(255)), (format, size, stream) => {
        const length = size.rows * size.rowLength;
        const codes = Uint8Array.from(
          { length },
          () => Number(stream.next().value) & ((1 << format.bits) - 1),
        );
        const packed = packCodes(codes, [size.rows, size.rowLength], format);
        expect(unpackCodes(packed)).toEqual(codes);
        expect([...unpackWeights(packed)]).toEqual(decodeBits(packed).map(Number));
        expect(packWeights(unpackWeights(packed), packed.shape, format)).toEqual(packed);
      }),
    );
  });

  test('start each row at a byte, low bits first', () => {
    const format = { bits: 3, code: 'unsigned', zeroPoint: 0 } as const;
    const { data } = packCodes([1, 2, 7, 4, 5, 6], [2, 3], format);
    expect([...data]).toEqual([0b11010001, 0b1, 0b10101100, 0b1]);
  });

  test('refuse a weight that has no code', () => {
    const odd = { bits: 2, code: 'odd', zeroPoint: 0 } as const;
    expect(() => packWeights([-3, -1, 1, 2], [1, 4], odd)).toThrow(/WEIGHT_OUT_OF_RANGE at values\[3\]/);
    expect(() => packCodes([4], [1, 1], odd)).toThrow(/WEIGHT_OUT_OF_RANGE at codes\[0\]/);
    expect(() => packWeights([NaN], [1, 1], odd)).toThrow(/WEIGHT_OUT_OF_RANGE/);
  });

  test('refuse a number of values that is not that of the shape', () => {
    expect(() => packWeights([1], [1, 2], { bits: 8, code: 'unsigned', zeroPoint: 0 })).toThrow(
      /WRONG_LENGTH/,
    );
  });
});

test.each([
  ['twosComplement', [0, 1, -2, -1]],
  ['unsigned', [0, 1, 2, 3]],
  ['odd', [-3, -1, 1, 3]],
] as const)('two bits of code %s stand for %j', (code, levels) => {
  expect([0, 1, 2, 3].map((bits) => decodeWeight(bits, { bits: 2, code, zeroPoint: 0 }))).toEqual(levels);
});
