import type { ActivationSpec } from '../activation.js';
import type { Issue } from '../errors.js';
import { isSameShape, shapeMismatch } from './checkShape.js';

/** Checks that the output has the shape that the operands imply. */
export function checkOutputShape(output: ActivationSpec, expected: readonly number[]): Issue[] {
  if (isSameShape(output.shape, expected)) return [];
  const shape = `[${expected.join(', ')}]`;
  return [shapeMismatch('output.shape', output.shape, shape, `set output.shape to ${shape}`)];
}

/** Checks that an operand has as many axes as the op needs. */
export function checkRank({ shape }: ActivationSpec, path: string, axes: readonly string[]): Issue[] {
  if (shape.length === axes.length) return [];
  return [
    shapeMismatch(
      `${path}.shape`,
      shape,
      `[${axes.join(', ')}]`,
      `reshape the operand to ${axes.length} axes`,
    ),
  ];
}

/** Checks that an op which keeps values keeps their type and zero point. */
export function checkSameEncoding(input: ActivationSpec, output: ActivationSpec): Issue[] {
  return (['type', 'zeroPoint'] as const)
    .filter((key) => input[key] !== output[key])
    .map((key) => ({
      code: 'TYPE_MISMATCH',
      path: `output.${key}`,
      message: `got ${output[key]}, expected ${input[key]} as in inputs[0]`,
      fix: `copy ${key} from inputs[0], or insert a requantize op`,
    }));
}

/** Checks that every value of the input may stand in the output. */
export function checkContainsRange(input: ActivationSpec, output: ActivationSpec): Issue[] {
  if (output.quantMin <= input.quantMin && output.quantMax >= input.quantMax) return [];
  return [
    {
      code: 'INVALID_VALUE',
      path: 'output.quantMin',
      message: `got the range ${output.quantMin} .. ${output.quantMax}, expected at least ${input.quantMin} .. ${input.quantMax} as in inputs[0]`,
      fix: 'copy quantMin and quantMax from inputs[0]',
    },
  ];
}

/** The axes of an image batch. */
export const imageAxes = ['batch', 'height', 'width', 'channels'] as const;
