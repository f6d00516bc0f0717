import { describe, expect, test } from '@jest/globals';
import { typescriptBackend } from '../typescript/backend.js';
import { wasmBackend } from '../wasm/backend.js';
import { runOp } from '../runOp.js';
import { checkOp } from './checkOp.js';
import type { LookupOp } from './lookup.js';

const scattered = Uint8Array.from({ length: 256 }, (_, pattern) => (pattern * 167 + 13) & 255);

/** Every value of a range, and a few again, so that the end of a step of sixteen is inside the tensor. */
function everyValue(type: 'int8' | 'uint8', quantMin: number, quantMax: number): LookupOp {
  const count = 2 * (quantMax - quantMin + 1) + 5;
  const input = { type, zeroPoint: 0, quantMin, quantMax, shape: [1, count] } as const;
  return {
    op: 'lookup',
    inputs: [input],
    table: scattered,
    output: { ...input, type: 'uint8', quantMin: 0, quantMax: 255 },
  };
}

describe('lookup', () => {
  test.each([
    ['int8', -128, 127],
    ['uint8', 0, 255],
    ['int8', -8, 7],
    ['uint8', 0, 3],
    ['uint8', 130, 180],
    ['int8', -1, 0],
  ] as const)('every %s value of %i .. %i finds its own entry', async (type, quantMin, quantMax) => {
    const op = everyValue(type, quantMin, quantMax);
    const values = Array.from(
      { length: op.output.shape[1] },
      (_, i) => quantMin + (i % (quantMax - quantMin + 1)),
    );
    const input = type === 'int8' ? Int8Array.from(values) : Uint8Array.from(values);
    const wanted = values.map((value) => scattered[value < 0 ? value + 256 : value]);
    for (const backend of [typescriptBackend(), wasmBackend()]) {
      expect([...(await runOp(backend, op, [input]))]).toEqual(wanted);
    }
  });

  test('a table needs 256 entries, each a value of the output', () => {
    const op = everyValue('uint8', 0, 255);
    expect(checkOp(op)).toEqual([]);
    expect(checkOp({ ...op, table: scattered.slice(1) })).toMatchObject([
      { code: 'WRONG_LENGTH', path: 'table' },
    ]);
    const signed = { ...op.output, type: 'int8', quantMin: -8, quantMax: 127 } as const;
    const table = new Uint8Array(256).fill(5);
    expect(checkOp({ ...op, output: signed, table })).toEqual([]);
    table[9] = 0xf7; // -9
    expect(checkOp({ ...op, output: signed, table })).toMatchObject([
      { code: 'INVALID_VALUE', path: 'table[9]', message: expect.stringContaining('got -9') as unknown },
    ]);
  });
});
