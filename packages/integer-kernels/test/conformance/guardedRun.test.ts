import { expect, test } from '@jest/globals';
import {
  type KernelBackend,
  type MaxPool2dOp,
  type OperandViews,
  typescriptBackend,
} from '../../src/index.js';
import { guardedRun } from '../../src/conformance/guardedRun.js';

const image = { shape: [1, 2, 2, 3], type: 'int8', zeroPoint: 0, quantMin: -128, quantMax: 127 } as const;
const op: MaxPool2dOp = {
  op: 'maxPool2d',
  inputs: [image],
  output: image,
  kernel: [1, 1],
  strides: [1, 1],
  padding: { top: 0, bottom: 0, left: 0, right: 0 },
};
const inputs = [Int8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)];

/** The reference, with something done after each run. */
function meddling(meddle: (views: OperandViews, run: number) => void): KernelBackend {
  const reference = typescriptBackend();
  return {
    ...reference,
    async prepare(prepared, views) {
      const call = await reference.prepare(prepared, views);
      let runs = 0;
      return {
        kernel: 'meddling',
        async run() {
          await call.run();
          runs += 1;
          meddle(views, runs);
        },
      };
    },
  };
}

test('a well-behaved backend passes in every layout', async () => {
  for (const choice of ['dense', 'requested', 'random'] as const) {
    expect(await guardedRun(typescriptBackend(), op, inputs, choice, 1)).toMatchObject({
      output: inputs[0],
      strayWrites: [],
    });
  }
});

test('a write before or behind the output is found', async () => {
  for (const offset of [-1, 12, 15]) {
    const backend = meddling(({ arena, output }) => {
      arena.bytes[output.byteOffset + offset] += 1;
    });
    expect((await guardedRun(backend, op, inputs, 'dense', 1)).strayWrites).toHaveLength(1);
  }
});

test('a write to an input is found', async () => {
  const backend = meddling(({ arena, inputs: [input] }, run) => {
    if (run === 2) arena.bytes[input.byteOffset] = 77;
  });
  expect((await guardedRun(backend, op, inputs, 'dense', 1)).strayWrites).toHaveLength(1);
});

test('a run that depends on the one before is found', async () => {
  const backend = meddling(({ arena, output }, run) => {
    arena.bytes[output.byteOffset] = run;
  });
  await expect(guardedRun(backend, op, inputs, 'dense', 1)).rejects.toMatchObject({
    code: 'CONFORMANCE_REPEAT',
  });
});
