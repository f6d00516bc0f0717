import { divideUnsigned, prepareDivisor } from '../arithmetic/divide.js';
import { prepareRequantization } from '../arithmetic/prepareRequantization.js';
import { unpackWeights } from '../packing/unpackWeights.js';
import { prepareGather } from './gatherPatch.js';
import type { ReferenceKernel } from './referenceKernel.js';
import { sumRows } from './sumRows.js';

/** 2-D convolution: gathers what the kernel sees at a pixel, then makes the output values of a group. */
export const conv2d: ReferenceKernel<'conv2d'> = (op, { inputs: [input], output }) => {
  const { bias, groups } = op;
  const [batch, outputHeight, outputWidth, outputChannels] = op.output.shape;
  const channelsPerGroup = divideUnsigned(outputChannels, prepareDivisor(groups));
  const weights = unpackWeights(op.weights);
  const { patch, gather } = prepareGather(op, input);
  const sums = new Int32Array(channelsPerGroup);
  const finish = prepareRequantization(op.requantization, op.output);

  const computePixel = (n: number, y: number, x: number): void => {
    const pixel =
      output.origin +
      Math.imul(n, output.strides[0]) +
      Math.imul(y, output.strides[1]) +
      Math.imul(x, output.strides[2]);
    for (let group = 0, channel = 0; group < groups; group += 1) {
      gather(n, y, x, group);
      sumRows(patch, weights, channel, sums);
      for (let i = 0; i < channelsPerGroup; i += 1, channel += 1) {
        const sum = (sums[i] + (bias === undefined ? 0 : bias[channel])) | 0;
        output.data[pixel + channel] = finish(sum, channel);
      }
    }
  };

  return () => {
    for (let n = 0; n < batch; n += 1) {
      for (let y = 0; y < outputHeight; y += 1) {
        for (let x = 0; x < outputWidth; x += 1) computePixel(n, y, x);
      }
    }
  };
};
