import { readFile } from 'node:fs/promises';
import { IntegerModel, verify } from '@bnfree/core';
import type { BackendReport, DemoReport } from './demoReport.js';
import type { PhaseOutcome } from './runPhase.js';

/** Proves the file: integers alone, no overflow, the same bits on every backend. */
export async function verifyStudent(
  artifact: string,
  backends: readonly BackendReport[],
): Promise<PhaseOutcome<DemoReport['verify']>> {
  const { passed, floatOpcodes, minHeadroomBits, floats, modules } = verify(await readFile(artifact));
  const model = await IntegerModel.load(artifact);
  const { passed: selfTest } = await model.selfTest();
  await model.dispose();
  const sameLogits = new Set(backends.map(({ logitsSha256 }) => logitsSha256)).size === 1;
  const result = {
    passed: passed && selfTest && sameLogits,
    floatOpcodes,
    minHeadroomBits,
    floats: floats.length,
    modules,
    sameLogits,
    selfTest,
  };
  return { result, summary: result.passed ? 'passed' : 'FAILED' };
}
