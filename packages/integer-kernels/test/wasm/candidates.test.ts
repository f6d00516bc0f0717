import { describe, expect, test } from '@jest/globals';
import { opNames, type OpName } from '../../src/index.js';
import { detectCapabilities } from '../../src/wasm/capabilities.js';
import { kernels } from '../../src/wasm/kernels.js';
import type { KernelCandidate } from '../../src/wasm/wasmKernel.js';
import { checkCandidate, needsRelaxedSimd } from '../checkCandidate.js';
import { sampling } from '../sampling.js';

const { relaxedSimd } = detectCapabilities();
const candidates = (name: OpName): string[] =>
  (kernels[name] as readonly KernelCandidate[]).map((candidate) => candidate.name);

describe.each(opNames)('%s', (op) => {
  for (const candidate of candidates(op)) {
    // Engines without relaxed SIMD cannot run these; `pnpm test:matrix` has engines that can.
    const run = !relaxedSimd && needsRelaxedSimd(op, candidate) ? test.skip : test;
    run(`forced to ${candidate}`, async () => {
      const { seed, scale } = sampling;
      const result = await checkCandidate({ op, candidate, seed, runs: 40 * scale });
      expect(result.failure).toBeUndefined();
      expect(result.cases).toBeGreaterThan(5);
    });
  }
});
