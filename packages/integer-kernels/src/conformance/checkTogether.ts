import {
  type Issue,
  type KernelBackend,
  type OperandPlaces,
  placeOperands,
  readTensor,
  runOp,
  typescriptBackend,
  writeInputs,
} from '@bnfree/integer-kernels';
import type { OpCase } from './cases/drawOpCase.js';
import { firstDifference, showError } from './checkOutput.js';

/** Checks that `prepareAll`, where there is one, gives calls that work side by side in one arena. */
export async function checkTogether(backend: KernelBackend, cases: readonly OpCase[]): Promise<Issue[]> {
  if (backend.prepareAll === undefined) return [];
  const issueOf = (position: number, what: string): Issue => ({
    code: 'CONFORMANCE_TOGETHER',
    path: `prepareAll, ${cases[position]?.op.op ?? 'all ops'}`,
    message: what,
    fix: 'return a call for every op in their order, or leave prepareAll out',
  });
  let end = 0;
  const placed = cases.map(({ op }): OperandPlaces => {
    const places = placeOperands(backend, op, { start: end });
    end = places.byteLength;
    return places;
  });
  try {
    const arena = await backend.allocate(end);
    // An output of zeros must not pass because nothing was written.
    arena.bytes.fill(0x5a);
    const calls = await backend.prepareAll(
      cases.map(({ op }, i) => ({ op, views: { ...placed[i], arena } })),
    );
    if (calls.length !== cases.length)
      return [issueOf(-1, `got ${calls.length} calls, expected ${cases.length}`)];
    cases.forEach(({ op, inputs }, i) => {
      writeInputs(arena, op, placed[i], inputs);
    });
    for (const call of calls) await call.run();
    const issues: Issue[] = [];
    for (const [i, { op, inputs }] of cases.entries()) {
      const output = readTensor(arena, op.output, placed[i].output);
      const wrong = firstDifference(output, await runOp(typescriptBackend(), op, inputs));
      if (wrong !== undefined) issues.push(issueOf(i, wrong));
    }
    return issues;
  } catch (error) {
    return [issueOf(-1, `got ${showError(error)}, expected calls`)];
  }
}
