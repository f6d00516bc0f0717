import { expect, test } from '@jest/globals';
import { type KernelBackend, type RequantizeOp, typescriptBackend } from '../src/index.js';
import { differenceFromReference } from './differenceFromReference.js';

const image = { shape: [1, 2, 2, 3], type: 'int8', zeroPoint: 0, quantMin: -128, quantMax: 127 } as const;
const op: RequantizeOp = {
  op: 'requantize',
  inputs: [image],
  output: image,
  requantization: { kind: 'shift', rounding: 'halfUp', shifts: Int32Array.of(0) },
};
const drawn = { op, inputs: [Int8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)] };

/** The reference, which puts a byte somewhere after each run. */
function meddling(offset: number): KernelBackend {
  const reference = typescriptBackend();
  return {
    ...reference,
    async prepare(prepared, views) {
      const call = await reference.prepare(prepared, views);
      return {
        kernel: 'meddling',
        async run() {
          await call.run();
          views.arena.bytes[views.output.byteOffset + offset] = 99;
        },
      };
    },
  };
}

test('a backend that computes the same has no difference', async () => {
  expect(await differenceFromReference(typescriptBackend(), drawn, 'dense', 1)).toBeUndefined();
});

test('a wrong value is told with its place, its kernel and the op', async () => {
  const text = await differenceFromReference(meddling(4), drawn, 'dense', 1);
  expect(text).toMatch(
    /meddling, layouts dense, garbage 1: got 99 at 4, expected 5 \(1 of 12 values differ\)/,
  );
  expect(text).toContain('"op":"requantize"');
});

test('a stray write is told', async () => {
  expect(await differenceFromReference(meddling(13), drawn, 'dense', 1)).toMatch(/: stray writes at \d+\n/);
});
