import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { opNames, runOp, typescriptBackend, wasmBackend, type OpName } from '../../src/index.js';
import { kernels } from '../../src/wasm/kernels.js';
import type { KernelCandidate, KernelTarget } from '../../src/wasm/wasmKernel.js';
import { opCase } from '../arbitraries/op.js';
import { guardedRun, type LayoutChoice } from '../guardedRun.js';

const choices: readonly LayoutChoice[] = ['dense', 'requested', 'random'];
const reference = typescriptBackend();
const CASES = 25;
const ATTEMPTS = 2000;

/** Random ops that a candidate can run; of both sizes. */
function* casesOf(name: OpName, candidate: KernelCandidate, target: KernelTarget) {
  let found = 0;
  for (const size of ['large', 'small'] as const) {
    for (const drawn of fc.sample(opCase(name, size), ATTEMPTS / 2)) {
      if (candidate.supports?.(drawn.op, target) === false) continue;
      yield drawn;
      found += 1;
      if (found % CASES === 0) break;
    }
  }
}

describe.each(opNames)('%s', (name) => {
  test.each(kernels[name] as readonly KernelCandidate[])('forced to $name', async (candidate) => {
    const backend = wasmBackend({ kernels: [candidate.name] });
    const target: KernelTarget = {
      relaxedSimd: backend.capabilities.relaxedSimd,
      revectorize: false,
      memory: 'fast',
      forced: [candidate.name],
    };
    let count = 0;
    for (const { op, inputs } of casesOf(name, candidate, target)) {
      const choice = choices[count % choices.length];
      const { output, strayWrites } = await guardedRun(backend, op, inputs, choice, count);
      expect(output).toEqual(await runOp(reference, op, inputs, { layouts: 'dense' }));
      expect(strayWrites).toEqual([]);
      count += 1;
    }
    expect(count).toBeGreaterThan(5);
    await backend.dispose();
  });
});
