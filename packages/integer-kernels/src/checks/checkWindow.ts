import type { Issue } from '../errors.js';
import { type WindowAxis, convolutionOutputSize } from '../ops/window.js';
import { type Check, type FieldChecks, checkFields, integer, pair } from './checkFields.js';

/** Largest kernel, stride, dilation and padding. */
export const maxWindow = 32767;

const extents: FieldChecks = {
  top: integer(0, maxWindow),
  bottom: integer(0, maxWindow),
  left: integer(0, maxWindow),
  right: integer(0, maxWindow),
};

/** Checks a kernel, stride or dilation `[height, width]`. */
export const windowPair: Check = pair(1, maxWindow);

/** Checks padding that holds no value. */
export const poolPadding: Check = (value, path) => checkFields(value, extents, path);

/** Checks padding that holds a stored value; the range is that of int8 and uint8 together. */
export const valuePadding: Check = (value, path) =>
  checkFields(value, { ...extents, value: integer(-128, 255) }, path);

/** Checks that the window fits into the padded image at least once. */
export function checkFits(axis: WindowAxis, name: 'height' | 'width'): Issue[] {
  if (convolutionOutputSize(axis) >= 1) return [];
  const extent = (axis.kernel - 1) * axis.dilation + 1;
  return [
    {
      code: 'SHAPE_MISMATCH',
      path: 'inputs[0].shape',
      message: `got a padded ${name} of ${axis.inputSize + axis.before + axis.after}, expected at least the kernel's ${extent}`,
      fix: 'use a smaller kernel or dilation, or more padding',
    },
  ];
}
