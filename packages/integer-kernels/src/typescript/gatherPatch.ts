import type { TensorView } from '../memory/tensorView.js';
import type { Conv2dOp } from '../ops/conv2d.js';

/** The inputs of one output pixel, gathered. */
export interface PatchGather {
  /** `[kernelHeight, kernelWidth, channels / groups]`, as differences from the zero point; overwritten by `gather`. */
  readonly patch: Int32Array;
  /** Fills the patch for an output position and a group. */
  readonly gather: (n: number, y: number, x: number, group: number) => void;
}

/** Prepares to gather what a convolution sees; taps outside the image find the padding. */
export function prepareGather(op: Conv2dOp, input: TensorView): PatchGather {
  const { strides, dilations, padding } = op;
  const [{ zeroPoint, shape }] = op.inputs;
  const [, height, width] = shape;
  const [, kernelHeight, kernelWidth, depth] = op.weights.shape;
  const [imageStep, rowStep, pixelStep] = input.strides;
  const patch = new Int32Array(Math.imul(Math.imul(kernelHeight, kernelWidth), depth));

  const gather = (n: number, y: number, x: number, group: number): void => {
    const image = input.origin + Math.imul(n, imageStep) + Math.imul(group, depth);
    let next = 0;
    for (let ky = 0; ky < kernelHeight; ky += 1) {
      const inputY = Math.imul(y, strides[0]) + Math.imul(ky, dilations[0]) - padding.top;
      for (let kx = 0; kx < kernelWidth; kx += 1) {
        const inputX = Math.imul(x, strides[1]) + Math.imul(kx, dilations[1]) - padding.left;
        if (inputY >= 0 && inputY < height && inputX >= 0 && inputX < width) {
          const start = image + Math.imul(inputY, rowStep) + Math.imul(inputX, pixelStep);
          for (let i = 0; i < depth; i += 1) patch[next + i] = input.data[start + i] - zeroPoint;
        } else {
          patch.fill(padding.value - zeroPoint, next, next + depth);
        }
        next += depth;
      }
    }
  };
  return { patch, gather };
}
