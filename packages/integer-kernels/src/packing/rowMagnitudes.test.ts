import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { weightFormat } from '../../test/arbitraries/weights.js';
import { packCodes } from './packWeights.js';
import { rowMagnitudes } from './rowMagnitudes.js';
import { unpackWeights } from './unpackWeights.js';

const rows = fc.record({ rows: fc.integer({ min: 1, max: 4 }), rowLength: fc.integer({ min: 1, max: 19 }) });

test('are the sums of the unpacked magnitudes, whatever stands in the bits behind a row', () => {
  fc.assert(
    fc.property(weightFormat, rows, fc.infiniteStream(fc.nat(255)), (format, size, stream) => {
      const codes = Uint8Array.from(
        { length: size.rows * size.rowLength },
        () => Number(stream.next().value) & ((1 << format.bits) - 1),
      );
      const packed = packCodes(codes, [size.rows, size.rowLength], format);
      const values = unpackWeights(packed);
      const expected = Array.from({ length: size.rows }, (_, row) =>
        values
          .subarray(row * size.rowLength, (row + 1) * size.rowLength)
          .reduce((sum, value) => sum + Math.abs(value), 0),
      );
      expect([...rowMagnitudes(packed)]).toEqual(expected);
      const used = (size.rowLength * format.bits) % 8;
      if (used === 0) return;
      const rowBytes = packed.data.length / size.rows;
      const filled = packed.data.map((byte, at) =>
        at % rowBytes === rowBytes - 1 ? byte | (0xff << used) : byte,
      );
      expect([...rowMagnitudes({ ...packed, data: filled })]).toEqual(expected);
    }),
  );
});
