import { forEachWindow } from './forEachWindow.js';
import type { ReferenceKernel } from './referenceKernel.js';

/** Maximum pool, one output value at a time. */
export const maxPool2d: ReferenceKernel<'maxPool2d'> = (op, { inputs: [input], output }) => {
  const { quantMin, quantMax } = op.output;
  const [, rowStep, pixelStep] = input.strides;
  return forEachWindow(op, input, output, (start, rows, columns) => {
    let largest = quantMin;
    for (let y = 0; y < rows; y += 1) {
      const row = start + Math.imul(y, rowStep);
      for (let x = 0; x < columns; x += 1) {
        largest = Math.max(largest, input.data[row + Math.imul(x, pixelStep)]);
      }
    }
    return Math.min(largest, quantMax);
  });
};
