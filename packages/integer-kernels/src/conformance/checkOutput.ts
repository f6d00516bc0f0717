import {
  BnfreeError,
  type Issue,
  type KernelBackend,
  type TensorValues,
  definitionOf,
  runOp,
  typescriptBackend,
} from '@bnfree/integer-kernels';
import type { OpCase } from './cases/drawOpCase.js';
import { guardedRun } from './guardedRun.js';
import type { LayoutChoice } from './layoutChoice.js';

const reference = typescriptBackend();

/** Runs one case and compares its bytes with those of the reference; `path` and `fix` say how to draw the case again. */
export async function checkOutput(
  backend: KernelBackend,
  { op, inputs }: OpCase,
  choice: LayoutChoice,
  seed: number,
  { path, fix }: Pick<Issue, 'path' | 'fix'>,
): Promise<Issue[]> {
  const expected = await runOp(reference, op, inputs, { layouts: 'dense' });
  const issueOf = (code: string, what: string): Issue => {
    return { code, path, message: `${what}: ${definitionOf(op).describe(op)}`, fix };
  };
  try {
    const { kernel, output, strayWrites } = await guardedRun(backend, op, inputs, choice, seed);
    const wrong = firstDifference(output, expected);
    return [
      ...(wrong === undefined ? [] : [issueOf('CONFORMANCE_OUTPUT', `${wrong}, by ${kernel}`)]),
      ...(strayWrites.length === 0
        ? []
        : [issueOf('CONFORMANCE_STRAY_WRITE', showStray(strayWrites, kernel))]),
    ];
  } catch (error) {
    if (error instanceof BnfreeError && error.code === 'CONFORMANCE_REPEAT')
      return [issueOf(error.code, error.issues[0].message)];
    return [issueOf('CONFORMANCE_FAILURE', `got ${showError(error)}, expected a result`)];
  }
}

/** The first value that differs, and how many do. */
export function firstDifference(output: TensorValues, expected: TensorValues): string | undefined {
  const index = output.findIndex((value, i) => value !== expected[i]);
  if (index < 0) return undefined;
  const count = output.filter((value, i) => value !== expected[i]).length;
  return `got ${output[index]} at ${index}, expected ${expected[index]} (${count} of ${output.length} values differ)`;
}

/** An error in a line. */
export function showError(error: unknown): string {
  return error instanceof Error ? error.message.split('\n').join(' ') : String(error);
}

function showStray(offsets: readonly number[], kernel: string): string {
  const shown = offsets.slice(0, 4).join(', ');
  return `got ${offsets.length} changed bytes outside output, constants and scratch (${shown}), expected none, by ${kernel}`;
}
