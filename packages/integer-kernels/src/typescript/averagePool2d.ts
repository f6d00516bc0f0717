import { divide, prepareDivisor } from '../arithmetic/divide.js';
import { poolAxes } from '../checks/checkPool.js';
import { distinctTapRanges } from '../ops/window.js';
import { forEachWindow } from './forEachWindow.js';
import type { ReferenceKernel } from './referenceKernel.js';

/** Average pool, one output value at a time. */
export const averagePool2d: ReferenceKernel<'averagePool2d'> = (op, { inputs: [input], output }) => {
  const { quantMin, quantMax } = op.output;
  const [, rowStep, pixelStep] = input.strides;
  const { vertical, horizontal } = poolAxes(op);
  const heights = distinctTapRanges(vertical).map(({ from, to }) => to - from);
  const widths = distinctTapRanges(horizontal).map(({ from, to }) => to - from);
  const counts = new Set(heights.flatMap((height) => widths.map((width) => Math.imul(height, width))));
  const divisors = new Map(Array.from(counts, (count) => [count, prepareDivisor(count)]));

  return forEachWindow(op, input, output, (start, rows, columns) => {
    let sum = 0;
    for (let y = 0; y < rows; y += 1) {
      const row = start + Math.imul(y, rowStep);
      for (let x = 0; x < columns; x += 1) {
        sum = (sum + input.data[row + Math.imul(x, pixelStep)]) | 0;
      }
    }
    const divisor = divisors.get(Math.imul(rows, columns));
    if (divisor === undefined)
      throw new RangeError('a window covers a number of values that was not prepared');
    return Math.min(Math.max(divide(sum, divisor, op.rounding), quantMin), quantMax);
  });
};
