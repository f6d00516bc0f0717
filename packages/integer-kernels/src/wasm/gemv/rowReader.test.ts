import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { drawn } from '../../../test/arbitraries/draw.js';
import { drawWeights } from '../../conformance/cases/drawWeights.js';
import { decodeBits } from '../../../test/oracle/decodeBits.js';
import { rowReader } from './rowReader.js';
import { storedCodes, type StoredBits } from './storedCodes.js';

const widths: readonly StoredBits[] = [1, 2, 4, 8];

test('rows of every format become stored values of every width that holds them, and zeros', () => {
  const weights = drawn((draw) => drawWeights(draw, [draw.int(1, 4), draw.int(1, 40)]));
  fc.assert(
    fc.property(weights, fc.nat(3), (packed, slack) => {
      const [rows, length] = packed.shape;
      const expected = decodeBits(packed).map(Number);
      for (const bits of widths.filter((width) => width >= packed.bits)) {
        const stored = storedCodes(packed, bits);
        const reader = rowReader(packed, stored, (Math.ceil((length * bits) / 32) + slack) * 4);
        // Backwards, so that a row finds what the one behind it left.
        for (let row = rows - 1; row >= 0; row -= 1) {
          reader.read(row);
          const values = fieldsOf(reader.words, bits);
          const used = values.slice(0, length);
          expect(used.map((value) => stored.factor * value + stored.addend)).toEqual(
            expected.slice(row * length, (row + 1) * length),
          );
          expect(values.slice(length).every((value) => value === 0)).toBe(true);
          expect(reader.sum()).toBe(used.reduce((a, b) => a + b, 0));
          expect(Math.max(...used.map(Math.abs))).toBeLessThanOrEqual(stored.magnitude);
        }
      }
    }),
    { numRuns: 300 },
  );
});

/** Unsigned fields, low bits first; of eight bits signed ones. */
function fieldsOf(words: Int32Array, bits: StoredBits): number[] {
  if (bits === 8) return [...new Int8Array(words.buffer)];
  return [...new Uint8Array(words.buffer)].flatMap((byte) =>
    Array.from({ length: 8 / bits }, (_, field) => (byte >> (field * bits)) & ((1 << bits) - 1)),
  );
}
