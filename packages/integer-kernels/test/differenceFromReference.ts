import {
  type KernelBackend,
  definitionOf,
  runOp,
  typescriptBackend,
  type TensorValues,
} from '../src/index.js';
import type { OpCase } from './arbitraries/op.js';
import { guardedRun } from '../src/conformance/guardedRun.js';
import { type LayoutChoice, layoutChoices } from '../src/conformance/layoutChoice.js';

export { layoutChoices };

const reference = typescriptBackend();

/** What every backend must give. */
export function runReference({ op, inputs }: OpCase): Promise<TensorValues> {
  return runOp(reference, op, inputs, { layouts: 'dense' });
}

/**
 * How a backend differs from the reference on an op, in words; undefined where all bytes agree and none is stray.
 *
 * `expected` is what the reference gives, where it is known already.
 */
export async function differenceFromReference(
  backend: KernelBackend,
  { op, inputs }: OpCase,
  choice: LayoutChoice,
  seed: number,
  expected?: TensorValues,
): Promise<string | undefined> {
  const { kernel, output, strayWrites } = await guardedRun(backend, op, inputs, choice, seed);
  const wrong = firstDifference(output, expected ?? (await runReference({ op, inputs })));
  const stray =
    strayWrites.length === 0 ? undefined : `stray writes at ${strayWrites.slice(0, 5).join(', ')}`;
  const found = [wrong, stray].filter((text) => text !== undefined);
  if (found.length === 0) return undefined;
  return `${backend.name} ${kernel}, layouts ${choice}, garbage ${seed}: ${found.join('; ')}\n${describeCase({ op, inputs })}`;
}

/** An op and its inputs in a few lines: constants and values shortened. */
export function describeCase({ op, inputs }: OpCase): string {
  return `${definitionOf(op).describe(op)}\n${JSON.stringify(op, shorten)}\ninputs ${JSON.stringify(inputs, shorten)}`;
}

function firstDifference(output: TensorValues, expected: TensorValues): string | undefined {
  if (output.constructor !== expected.constructor || output.length !== expected.length) {
    return `got ${output.constructor.name} of ${output.length}, expected ${expected.constructor.name} of ${expected.length}`;
  }
  const index = output.findIndex((value, i) => value !== expected[i]);
  if (index < 0) return undefined;
  const wrong = output.filter((value, i) => value !== expected[i]).length;
  return `got ${output[index]} at ${index}, expected ${expected[index]} (${wrong} of ${output.length} values differ)`;
}

function shorten(_key: string, value: unknown): unknown {
  if (!ArrayBuffer.isView(value)) return value;
  const values = [...(value as Uint8Array)];
  return values.length <= 16 ? values : `${values.slice(0, 16).join(',')}.. ${values.length} values`;
}
