import { describe, expect, test } from '@jest/globals';
import { checkOp, definitionOf } from '../../src/index.js';
import { detectCapabilities } from '../../src/wasm/capabilities.js';
import { backends } from '../backends.js';
import { candidateNamesOf, needsRelaxedSimd } from '../checkCandidate.js';
import { runReference } from '../differenceFromReference.js';
import { runExactly } from '../oracle/runExactly.js';
import { sampling } from '../sampling.js';
import { checkExtremes, checkExtremesOfCandidate } from './checkExtremes.js';
import { extremeCases, extremeOps } from './extremeCases.js';

const extent = sampling.scale > 1 ? 'all' : 'some';
/** Work that exact integers of any size are fast enough for. */
const ORACLE_MACS = 3000 * sampling.scale;
const { relaxedSimd } = detectCapabilities();

describe.each(extremeOps)('%s at its edges', (name) => {
  test('the reference equals exact integers', async () => {
    for (const { op, inputs } of extremeCases(name, 'some')) {
      expect(checkOp(op)).toEqual([]);
      if (definitionOf(op).macs(op) > ORACLE_MACS) continue;
      expect([...(await runReference({ op, inputs }))]).toEqual(runExactly(op, inputs));
    }
  }, 300_000);

  test.each(backends)(
    '$label',
    async (backend) => {
      const { cases, failure } = await checkExtremes(name, extent, backend);
      expect(failure).toBeUndefined();
      expect(cases).toBeGreaterThan(100);
    },
    300_000,
  );

  for (const candidate of candidateNamesOf(name)) {
    const run = !relaxedSimd && needsRelaxedSimd(name, candidate) ? test.skip : test;
    run(
      `forced to ${candidate}`,
      async () => {
        const { cases, failure } = await checkExtremesOfCandidate(name, extent, candidate);
        expect(failure).toBeUndefined();
        expect(cases).toBeGreaterThan(5);
      },
      300_000,
    );
  }
});
