import type { Op } from '@bnfree/integer-kernels';

type WindowOp = Extract<Op, { padding: unknown }>;

/** TensorFlow Lite knows two paddings; how ours is expressed by them. */
export interface TflitePadding {
  readonly mode: 'same' | 'valid';
  /** Rows and columns that are added to the graph's input beforehand, on each side. */
  readonly before: {
    readonly top: number;
    readonly bottom: number;
    readonly left: number;
    readonly right: number;
  };
  /** The windows lie one pixel further: the same work, other values. */
  readonly isShifted: boolean;
}

const none = { top: 0, bottom: 0, left: 0, right: 0 };

/**
 * Chooses the padding that costs TensorFlow Lite nothing.
 *
 * A stride of two over an even size puts the odd row of SAME at the end, where ours has one on each side. Then the input of a
 * first convolution is fed with its border, and inner layers compute the shifted windows: a separate operator that pads would cost
 * time.
 */
export function tflitePadding(op: WindowOp, isGraphInput: boolean): TflitePadding {
  const { top, bottom, left, right } = op.padding;
  if (top + bottom + left + right === 0) return { mode: 'valid', before: none, isShifted: false };
  const [vertical, horizontal] = [sameBefore(op, 0), sameBefore(op, 1)];
  if (vertical === top && horizontal === left) return { mode: 'same', before: none, isShifted: false };
  // A pool leaves the padding out, which a border in the input is not.
  if (isGraphInput && 'weights' in op)
    return { mode: 'valid', before: { top, bottom, left, right }, isShifted: false };
  if (vertical === undefined || horizontal === undefined)
    throw new Error('TensorFlow Lite has no such padding');
  return { mode: 'same', before: none, isShifted: true };
}

/** Rows (axis 0) or columns before the image that SAME adds; undefined where its output has another size than ours. */
function sameBefore(op: WindowOp, axis: 0 | 1): number | undefined {
  const kernel = 'kernel' in op ? op.kernel[axis] : op.weights.shape[1 + axis];
  const [size, output, stride] = [op.inputs[0].shape[1 + axis], op.output.shape[1 + axis], op.strides[axis]];
  if (Math.ceil(size / stride) !== output) return undefined;
  return Math.floor(Math.max(0, (output - 1) * stride + kernel - size) / 2);
}
