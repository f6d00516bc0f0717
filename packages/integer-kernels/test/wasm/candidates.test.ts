import { describe, expect, test } from '@jest/globals';
import { opNames } from '../../src/index.js';
import { detectCapabilities } from '../../src/wasm/capabilities.js';
import { candidateNamesOf, checkCandidate, needsRelaxedSimd } from '../checkCandidate.js';
import { sampling } from '../sampling.js';

const { relaxedSimd } = detectCapabilities();

describe.each(opNames)('%s', (op) => {
  for (const candidate of candidateNamesOf(op)) {
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
