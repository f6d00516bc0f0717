import type { Issue } from '../errors.js';
import type { PooledOp } from '../ops/maxPool2d.js';
import type { WindowAxis } from '../ops/window.js';
import { checkRank, imageAxes } from './checkOutput.js';
import { checkFits } from './checkWindow.js';

/** Checks that every window of a pool holds at least one value of the image. */
export function checkPool(op: PooledOp): Issue[] {
  const rankIssues = checkRank(op.inputs[0], 'inputs[0]', imageAxes);
  if (rankIssues.length > 0) return rankIssues;
  const { kernel, padding } = op;
  const { vertical, horizontal } = poolAxes(op);
  return [
    ...checkFits(vertical, 'height'),
    ...checkFits(horizontal, 'width'),
    ...checkPaddingBelow('top', padding.top, kernel[0]),
    ...checkPaddingBelow('bottom', padding.bottom, kernel[0]),
    ...checkPaddingBelow('left', padding.left, kernel[1]),
    ...checkPaddingBelow('right', padding.right, kernel[1]),
  ];
}

/** The two window axes of a pool. */
export function poolAxes({ inputs: [input], kernel, strides, padding }: PooledOp): {
  readonly vertical: WindowAxis;
  readonly horizontal: WindowAxis;
} {
  return {
    vertical: {
      inputSize: input.shape[1],
      kernel: kernel[0],
      stride: strides[0],
      dilation: 1,
      before: padding.top,
      after: padding.bottom,
    },
    horizontal: {
      inputSize: input.shape[2],
      kernel: kernel[1],
      stride: strides[1],
      dilation: 1,
      before: padding.left,
      after: padding.right,
    },
  };
}

// With padding below the kernel size no window lies in the padding alone, where a pool has no result.
function checkPaddingBelow(side: string, size: number, kernel: number): Issue[] {
  if (size < kernel) return [];
  return [
    {
      code: 'INVALID_VALUE',
      path: `padding.${side}`,
      message: `got ${size}, expected less than the kernel size ${kernel}`,
      fix: `set padding.${side} to ${kernel - 1} or less`,
    },
  ];
}
