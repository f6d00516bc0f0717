import type { PaddingSides } from '../teacher/explicitPadding.js';
import type { PlannedMerge, PlanNode } from './studentPlan.js';

/**
 * Shape that a node makes of what it takes; null when it cannot take it.
 * Channels of a convolution and units of a dense layer are the node's own, those of a reshape only have to be as many.
 */
export function plannedOutputShape(node: PlanNode): readonly number[] | null {
  if (node.kind === 'merge') return mergedShape(node);
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

/** Sums take one shape, concatenations shapes that differ in their channels alone. */
function mergedShape({ operation, inputShapes }: PlannedMerge): readonly number[] | null {
  const [first = [], ...rest] = inputShapes;
  if (operation.kind === 'lookup') return inputShapes.length === 1 ? first : null;
  if (rest.length === 0) return null;
  if (operation.kind === 'add') return rest.every((shape) => String(shape) === String(first)) ? first : null;
  const place = String(first.slice(0, -1));
  if (!inputShapes.every((shape) => String(shape.slice(0, -1)) === place)) return null;
  return [...first.slice(0, -1), inputShapes.reduce((sum, shape) => sum + (shape.at(-1) ?? 0), 0)];
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
