import { afterAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type OpName, checkOp, opNames, runOp, typescriptBackend } from '../src/index.js';
import { opCase } from './arbitraries/op.js';
import type { Size } from './arbitraries/size.js';
import { backends } from './backends.js';
import { differenceFromReference, layoutChoices } from './differenceFromReference.js';
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

  const conforms = (name: OpName, size: Size, numRuns: number) =>
    fc.assert(
      fc.asyncProperty(
        opCase(name, size),
        fc.constantFrom(...layoutChoices),
        fc.nat(),
        async (drawn, choice, garbage) => {
          expect(await differenceFromReference(backend, drawn, choice, garbage)).toBeUndefined();
        },
      ),
      { numRuns: numRuns * scale, seed },
    );

  test.each(opNames)('%s gives the bytes of the reference in any layout', async (name) => {
    await conforms(name, 'small', 40);
    await conforms(name, 'large', 25);
  });
});
