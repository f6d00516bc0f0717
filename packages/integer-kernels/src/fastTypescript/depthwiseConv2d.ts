import { prepareRequantization } from '../arithmetic/prepareRequantization.js';
import { elementCount } from '../checks/checkShape.js';
import type { DepthwiseConv2dOp } from '../ops/depthwiseConv2d.js';
import { unpackWeights } from '../packing/unpackWeights.js';
import { type FastKernel, type FastOperands, maxPackedValues } from './fastKernel.js';
import { prepareWindowRows, rowSizes } from './windowRows.js';

/** Depthwise convolution: four channels of a pixel at a time, on rows that are kept as differences from the zero point. */
export const depthwiseConv2d: FastKernel<'depthwiseConv2d'> = {
  planOf(op) {
    const { rows, width, channels } = rowSizes(op);
    const scratch = elementCount([rows, width, channels]);
    const weights = elementCount(op.weights.shape);
    if (scratch > maxPackedValues || weights > maxPackedValues) return undefined;
    return { kernel: 'four channels', constants: channels + weights, scratch };
  },
  prepare(op, operands) {
    const { inputs, output, words, constants, scratch } = operands;
    const [batch, height, width] = op.output.shape;
    const { channels } = rowSizes(op);
    const weights = constants + channels;
    writeConstants(op, operands);
    const rows = prepareWindowRows(op, inputs[0], words, scratch);
    const { taps } = rows;
    const finish = prepareRequantization(op.requantization, op.output);
    const pixelWords = Math.imul(op.strides[1], channels);

    const sumChannel = (offset: number, channel: number): number => {
      let sum = words[constants + channel];
      let weight = weights + channel;
      for (let tap = 0; tap < taps.length; tap += 1, weight += channels) {
        sum = (sum + Math.imul(words[taps[tap] + offset + channel], words[weight])) | 0;
      }
      return sum;
    };

    const computePixel = (offset: number, target: number): void => {
      let channel = 0;
      for (; channel + 4 <= channels; channel += 4) {
        const first = constants + channel;
        let [sum0, sum1, sum2, sum3] = [words[first], words[first + 1], words[first + 2], words[first + 3]];
        let weight = weights + channel;
        for (let tap = 0; tap < taps.length; tap += 1, weight += channels) {
          const value = taps[tap] + offset + channel;
          sum0 = (sum0 + Math.imul(words[value], words[weight])) | 0;
          sum1 = (sum1 + Math.imul(words[value + 1], words[weight + 1])) | 0;
          sum2 = (sum2 + Math.imul(words[value + 2], words[weight + 2])) | 0;
          sum3 = (sum3 + Math.imul(words[value + 3], words[weight + 3])) | 0;
        }
        output.data[target + channel] = finish(sum0, channel);
        output.data[target + channel + 1] = finish(sum1, channel + 1);
        output.data[target + channel + 2] = finish(sum2, channel + 2);
        output.data[target + channel + 3] = finish(sum3, channel + 3);
      }
      for (; channel < channels; channel += 1) {
        output.data[target + channel] = finish(sumChannel(offset, channel), channel);
      }
    };

    return () => {
      for (let n = 0; n < batch; n += 1) {
        for (let y = 0; y < height; y += 1) {
          rows.load(n, y);
          const row = output.origin + Math.imul(n, output.strides[0]) + Math.imul(y, output.strides[1]);
          for (let x = 0; x < width; x += 1) {
            computePixel(Math.imul(x, pixelWords), row + Math.imul(x, output.strides[2]));
          }
        }
      }
    };
  },
};

/** Writes the bias, and the weights of every tap side by side. */
function writeConstants(
  { weights: packed, bias }: DepthwiseConv2dOp,
  { words, constants }: FastOperands,
): void {
  const channels = packed.shape[0];
  const taps = Math.imul(packed.shape[1], packed.shape[2]);
  const values = unpackWeights(packed);
  for (let channel = 0, next = 0; channel < channels; channel += 1) {
    words[constants + channel] = bias?.[channel] ?? 0;
    let weight = constants + channels + channel;
    for (let tap = 0; tap < taps; tap += 1, next += 1, weight += channels) words[weight] = values[next];
  }
}
