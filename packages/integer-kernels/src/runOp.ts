import type { ActivationSpec, ElementType } from './activation.js';
import type { KernelBackend } from './backend.js';
import { invalid } from './checks/checkFields.js';
import { elementCount } from './checks/checkShape.js';
import { isTypedArray } from './checks/isTypedArray.js';
import { showValue } from './checks/showValue.js';
import { unknownKeys } from './checks/unknownKeys.js';
import { type Issue, throwIfIssues } from './errors.js';
import { placeOperands, writeInputs } from './memory/placeOperands.js';
import { readTensor } from './memory/tensorValues.js';
import type { TensorValues } from './memory/tensorView.js';
import { checkOp } from './ops/checkOp.js';
import type { Op } from './ops/index.js';

/** How {@link runOp} runs. */
export interface RunOpOptions {
  /** Memory layouts: those that the backend asks for (the default), or dense ones. */
  readonly layouts?: 'requested' | 'dense';
}

/**
 * Runs one op on plain typed arrays.
 *
 * Checks the op, allocates, prepares, runs and returns the dense output in a copy. `inputs` are dense, one per operand, of the
 * operand's type and size. For repeated runs prepare a {@link KernelBackend} call instead: preparation is the slow part.
 * Throws every issue of the op and its inputs at once.
 */
export async function runOp(
  backend: KernelBackend,
  op: Op,
  inputs: readonly TensorValues[],
  options: RunOpOptions = {},
): Promise<TensorValues> {
  throwIfIssues([...checkOptions(options), ...checkOp(op)]);
  throwIfIssues([...checkSupport(backend, op), ...checkInputs(op.inputs, inputs)]);
  const places = placeOperands(backend, op, options);
  const arena = await backend.allocate(places.byteLength);
  writeInputs(arena, op, places, inputs);
  const call = await backend.prepare(op, { ...places, arena });
  await call.run();
  const output = readTensor(arena, op.output, places.output);
  await backend.release?.(arena);
  return output;
}

function checkOptions(options: RunOpOptions): Issue[] {
  const issues = unknownKeys(options, ['layouts'], 'options', 'UNKNOWN_OPTION');
  if (options.layouts !== undefined && !['requested', 'dense'].includes(options.layouts)) {
    issues.push(
      invalid('options.layouts', options.layouts, "'requested' or 'dense'", "write layouts: 'dense'"),
    );
  }
  return issues;
}

function checkSupport(backend: KernelBackend, op: Op): Issue[] {
  if (backend.ops.has(op.op)) return [];
  return [
    {
      code: 'OP_NOT_SUPPORTED',
      path: 'op',
      message: `got '${op.op}', expected an op of backend ${backend.name}: ${[...backend.ops].join(', ')}`,
      fix: 'use typescriptBackend(), which executes every op',
    },
  ];
}

function checkInputs(specs: readonly ActivationSpec[], inputs: readonly TensorValues[]): Issue[] {
  if (inputs.length !== specs.length) {
    return [mismatch('inputs', `${inputs.length} inputs`, `${specs.length}`, 'pass one array per operand')];
  }
  return specs.flatMap((spec, i) => {
    const values = inputs[i];
    const path = `inputs[${i}]`;
    const arrayName = valueArrayNames[spec.type];
    const length = elementCount(spec.shape);
    if (!isTypedArray(values, arrayName) || values.length !== length) {
      const expected = `${arrayName} of ${length} elements`;
      return [mismatch(path, showValue(values), expected, 'pass dense values of the type of the operand')];
    }
    const index = values.findIndex((value) => value < spec.quantMin || value > spec.quantMax);
    if (index < 0) return [];
    const range = `${spec.quantMin} .. ${spec.quantMax}`;
    return [
      mismatch(
        `${path}[${index}]`,
        `${values[index]}`,
        range,
        'clamp the values, or widen quantMin and quantMax',
      ),
    ];
  });
}

const valueArrayNames = {
  int8: 'Int8Array',
  uint8: 'Uint8Array',
  int32: 'Int32Array',
} as const satisfies Record<ElementType, string>;

function mismatch(path: string, got: string, expected: string, fix: string): Issue {
  return { code: 'INPUT_MISMATCH', path, message: `got ${got}, expected ${expected}`, fix };
}
