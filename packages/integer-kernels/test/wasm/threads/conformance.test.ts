import { afterAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type OpName, opNames } from '../../../src/index.js';
import { detectCapabilities } from '../../../src/wasm/capabilities.js';
import { wasmBackendOn } from '../../../src/wasm/backend.js';
import { kernels } from '../../../src/wasm/kernels.js';
import type { KernelCandidate } from '../../../src/wasm/wasmKernel.js';
import { opCase } from '../../arbitraries/op.js';
import { checkCandidate, needsRelaxedSimd } from '../../checkCandidate.js';
import { differenceFromReference, layoutChoices } from '../../differenceFromReference.js';
import { sampling } from '../../sampling.js';
import { eagerPlatform, threadedBackend } from '../../threadedBackend.js';

const { seed, scale } = sampling;
const crews = [
  { label: '2 threads', create: () => threadedBackend({ threads: 2 }) },
  { label: '3 threads', create: () => threadedBackend({ threads: 3 }) },
  { label: '2 threads, as in pages', create: () => threadedBackend({ threads: 2 }, 'page') },
  {
    label: '3 threads that take over parts of others',
    create: () => wasmBackendOn(eagerPlatform({ takesOver: true }), { threads: 3 }),
  },
];

describe.each(crews)('$label', ({ create }) => {
  const backend = create();
  afterAll(() => backend.dispose());

  test.each(opNames)('%s gives the bytes of the reference in any layout', async (name) => {
    for (const size of ['small', 'large'] as const) {
      await fc.assert(
        fc.asyncProperty(
          opCase(name, size),
          fc.constantFrom(...layoutChoices),
          fc.nat(),
          async (drawn, choice, garbage) => {
            expect(await differenceFromReference(backend, drawn, choice, garbage)).toBeUndefined();
          },
        ),
        { numRuns: 8 * scale, seed },
      );
    }
  });
});

const { relaxedSimd } = detectCapabilities();
const candidates = opNames.flatMap((op: OpName) =>
  (kernels[op] as readonly KernelCandidate[]).map(({ name }) => ({ op, candidate: name })),
);

describe('a forced kernel divided between 3 threads gives the bytes of the reference', () => {
  for (const { op, candidate } of candidates) {
    const run = !relaxedSimd && needsRelaxedSimd(op, candidate) ? test.skip : test;
    run(`${op} ${candidate}`, async () => {
      const result = await checkCandidate({
        op,
        candidate,
        options: { threads: 3 },
        createBackend: threadedBackend,
        seed,
        runs: 8 * scale,
      });
      expect(result.failure).toBeUndefined();
      expect(result.cases).toBeGreaterThan(3);
    });
  }
});
