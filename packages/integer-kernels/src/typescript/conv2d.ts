import { divideUnsigned, prepareDivisor } from '../arithmetic/divide.js';
import { prepareRequantization } from '../arithmetic/prepareRequantization.js';
import { unpackWeights } from '../packing/unpackWeights.js';
import type { ReferenceKernel } from './referenceKernel.js';
import { sumProducts, sumWeights } from './sumProducts.js';

/** 2-D convolution, one output value at a time. */
export const conv2d: ReferenceKernel<'conv2d'> = (op, { inputs: [input], output }) => {
  const { bias, strides, dilations, padding } = op;
  const [{ zeroPoint, shape: inputShape }] = op.inputs;
  const [batch, outputHeight, outputWidth, outputChannels] = op.output.shape;
  const [, kernelHeight, kernelWidth, depth] = op.weights.shape;
  const rowLength = Math.imul(Math.imul(kernelHeight, kernelWidth), depth);
  const channelsPerGroup = prepareDivisor(divideUnsigned(outputChannels, prepareDivisor(op.groups)));
  const paddingDifference = padding.value - zeroPoint;
  const weights = unpackWeights(op.weights);
  const finish = prepareRequantization(op.requantization, op.output);

  /** `image` is the element index of the first value of an image. */
  const accumulate = (image: number, y: number, x: number, channel: number): number => {
    const group = image + Math.imul(divideUnsigned(channel, channelsPerGroup), depth);
    let sum = bias === undefined ? 0 : bias[channel];
    let tap = Math.imul(channel, rowLength);
    for (let ky = 0; ky < kernelHeight; ky += 1) {
      const inputY = Math.imul(y, strides[0]) + Math.imul(ky, dilations[0]) - padding.top;
      for (let kx = 0; kx < kernelWidth; kx += 1) {
        const inputX = Math.imul(x, strides[1]) + Math.imul(kx, dilations[1]) - padding.left;
        if (inputY >= 0 && inputY < inputShape[1] && inputX >= 0 && inputX < inputShape[2]) {
          const start = group + Math.imul(inputY, input.strides[1]) + Math.imul(inputX, input.strides[2]);
          sum = (sum + sumProducts(input.data, start, zeroPoint, weights, tap, depth)) | 0;
        } else if (paddingDifference !== 0) {
          sum = (sum + Math.imul(paddingDifference, sumWeights(weights, tap, depth))) | 0;
        }
        tap += depth;
      }
    }
    return sum;
  };

  return () => {
    for (let n = 0; n < batch; n += 1) {
      const image = input.origin + Math.imul(n, input.strides[0]);
      for (let y = 0; y < outputHeight; y += 1) {
        const row = output.origin + Math.imul(n, output.strides[0]) + Math.imul(y, output.strides[1]);
        for (let x = 0; x < outputWidth; x += 1) {
          const pixel = row + Math.imul(x, output.strides[2]);
          for (let channel = 0; channel < outputChannels; channel += 1) {
            output.data[pixel + channel] = finish(accumulate(image, y, x, channel), channel);
          }
        }
      }
    }
  };
};
