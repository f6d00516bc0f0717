import { afterAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { checkBackend } from '../src/conformance/index.js';
import { checkOp, opNames, runOp, typescriptBackend } from '../src/index.js';
import { opCase } from './arbitraries/op.js';
import { backends } from './backends.js';
import { runExactly } from './oracle/runExactly.js';
import { sampling } from './sampling.js';

const { seed, scale } = sampling;
const reference = typescriptBackend();

describe.each(opNames)('%s', (name) => {
  test('random ops are valid', () => {
    fc.assert(
      fc.property(opCase(name, 'large'), ({ op }) => checkOp(op).length === 0),
      { numRuns: 50 * scale, seed },
    );
  });

  test('the reference equals exact integers', async () => {
    await fc.assert(
      fc.asyncProperty(opCase(name, 'small'), async ({ op, inputs }) => {
        expect([...(await runOp(reference, op, inputs))]).toEqual(runExactly(op, inputs));
      }),
      { numRuns: 120 * scale, seed },
    );
  });
});

describe.each(backends)('backend $label', ({ create }) => {
  const backend = create();
  afterAll(() => backend.dispose());

  test('executes every op', () => {
    expect([...backend.ops].sort()).toEqual([...opNames].sort());
  });

  test.each(opNames)(
    '%s keeps the contract and gives the bytes of the reference in any layout',
    async (name) => {
      expect(await checkBackend(backend, { ops: [name], seed, runs: 35 * scale })).toEqual([]);
    },
  );

  test('all ops keep it side by side', async () => {
    expect(await checkBackend(backend, { seed, runs: 1 })).toEqual([]);
  });
});
