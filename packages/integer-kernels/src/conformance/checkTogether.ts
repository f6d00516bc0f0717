import {
  type Arena,
  type Issue,
  type KernelBackend,
  type KernelCall,
  type OperandPlaces,
  type PlacedOp,
  placeOperands,
  readTensor,
  runOp,
  typescriptBackend,
  writeInputs,
} from '@bnfree/integer-kernels';
import type { OpCase } from './cases/drawOpCase.js';
import { firstDifference, showError } from './checkOutput.js';

/** An op among others in one arena. */
interface PlacedCase extends OpCase {
  readonly places: OperandPlaces;
}

/**
 * Checks that ops work side by side in one arena: prepared by `prepareAll` and run as one `sequence`, where there are such.
 */
export async function checkTogether(backend: KernelBackend, cases: readonly OpCase[]): Promise<Issue[]> {
  if (backend.prepareAll === undefined && backend.sequence === undefined) return [];
  let end = 0;
  const placed = cases.map((drawn): PlacedCase => {
    const places = placeOperands(backend, drawn.op, { start: end });
    end = places.byteLength;
    return { ...drawn, places };
  });
  try {
    const arena = await backend.allocate(end);
    const calls = await prepareEach(
      backend,
      placed.map(({ op, places }) => ({ op, views: { ...places, arena } })),
    );
    if (calls.length !== cases.length)
      return [issueOf('prepareAll', `got ${calls.length} calls, expected ${cases.length}`)];
    const issues = await checkRun('prepareAll', placed, arena, async () => {
      for (const call of calls) await call.run();
    });
    const sequence = backend.sequence?.(calls);
    if (sequence !== undefined) {
      issues.push(...(await checkRun('sequence', placed, arena, () => sequence.run())));
    }
    await backend.release?.(arena);
    return issues;
  } catch (error) {
    return [issueOf('prepareAll, sequence', `got ${showError(error)}, expected calls that run`)];
  }
}

async function prepareEach(backend: KernelBackend, placed: readonly PlacedOp[]): Promise<KernelCall[]> {
  if (backend.prepareAll !== undefined) return backend.prepareAll(placed);
  const calls: KernelCall[] = [];
  for (const { op, views } of placed) calls.push(await backend.prepare(op, views));
  return calls;
}

/** Runs all ops in memory full of garbage, and compares every output. */
async function checkRun(
  member: string,
  placed: readonly PlacedCase[],
  arena: Arena,
  run: () => Promise<void>,
): Promise<Issue[]> {
  for (const { op, inputs, places } of placed) {
    // An output of zeros must not pass because nothing was written.
    arena.bytes.fill(0x5a, places.output.byteOffset, places.constantsOffset);
    writeInputs(arena, op, places, inputs);
  }
  await run();
  const issues: Issue[] = [];
  for (const { op, inputs, places } of placed) {
    const output = readTensor(arena, op.output, places.output);
    const wrong = firstDifference(output, await runOp(typescriptBackend(), op, inputs));
    if (wrong !== undefined) issues.push(issueOf(`${member}, ${op.op}`, wrong));
  }
  return issues;
}

function issueOf(path: string, message: string): Issue {
  return {
    code: 'CONFORMANCE_TOGETHER',
    path,
    message,
    fix: 'return a call for every op in their order, or leave prepareAll and sequence out',
  };
}
