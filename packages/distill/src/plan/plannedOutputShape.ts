import type { PaddingSides } from '../teacher/explicitPadding.js';
import type { PlanNode } from './studentPlan.js';

/**
 * Shape that a node makes of its `inputShape`; null when it cannot take that input.
 * Channels of a convolution and units of a dense layer are the node's own, those of a reshape only have to be as many.
 */
export function plannedOutputShape(node: PlanNode): readonly number[] | null {
  const { operation, inputShape, outputShape } = node;
  const [, , channels] = inputShape;
  const last = outputShape.at(-1);
  switch (operation.kind) {
    case 'dense':
      return inputShape.length === 1 && last !== undefined ? [last] : null;
    case 'affine':
      return inputShape;
    case 'reshape':
      return product(inputShape) === product(outputShape) ? outputShape : null;
    case 'globalAveragePool2d':
      return inputShape.length === 3 ? [channels] : null;
    case 'conv2d':
      if (last === undefined || channels % operation.groups !== 0 || last % operation.groups !== 0)
        return null;
      return windowShape(inputShape, operation, last);
    case 'depthwiseConv2d':
      return windowShape(inputShape, operation, channels * operation.channelMultiplier);
    case 'maxPool2d':
    case 'averagePool2d':
      return windowShape(inputShape, operation, channels);
  }
}

interface Window {
  readonly kernel: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly dilations?: readonly [number, number];
  readonly padding: PaddingSides;
}

function windowShape(
  inputShape: readonly number[],
  window: Window,
  channels: number,
): readonly number[] | null {
  if (inputShape.length !== 3) return null;
  const { kernel, strides, dilations = [1, 1], padding } = window;
  const padded = [inputShape[0] + padding.top + padding.bottom, inputShape[1] + padding.left + padding.right];
  const sizes = padded.map((size, axis) => {
    const reach = (kernel[axis] - 1) * dilations[axis] + 1;
    return Math.floor((size - reach) / strides[axis]) + 1;
  });
  return sizes.every((size) => size > 0) ? [...sizes, channels] : null;
}

function product(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}
