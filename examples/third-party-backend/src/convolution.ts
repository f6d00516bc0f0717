import { type Conv2dOp, prepareRequantization, unpackWeights } from '@bnfree/integer-kernels';
import { type HaloKernel, forEachPixel, tapOffsets } from './haloKernel.js';

/** Convolutions without groups, four input channels at a time. */
export const convolution: HaloKernel<'conv2d'> = {
  supports: ({ groups }) => groups === 1,
  request: ({ padding: { value, ...halo } }) => ({
    channelMultiple: 4,
    halo,
    haloValue: value,
    tailBytes: 0,
  }),
  constantCount: ({ weights: { shape } }) => shape[0] * (1 + shape[1] * shape[2] * inFours(shape[3])),
  prepare(op, operands, constants) {
    const [outputChannels, kernelHeight, kernelWidth, channels] = op.weights.shape;
    const [input] = operands.inputs;
    const { output } = operands;
    const depth = inFours(channels);
    const taps = tapOffsets(
      [kernelHeight, kernelWidth],
      [op.dilations[0] * input.strides[1], op.dilations[1] * input.strides[2]],
    );
    writeConstants(op, depth, constants);
    const finish = prepareRequantization(op.requantization, op.output);

    const sumWindow = (window: number, channel: number): number => {
      let sum = constants[channel];
      let weight = outputChannels + channel * taps.length * depth;
      for (const tap of taps) {
        for (let i = window + tap; i < window + tap + depth; i += 4, weight += 4) {
          // 32-bit products and sums: they wrap, and the accumulator bound of a valid op makes the last one right.
          sum =
            (sum +
              Math.imul(input.data[i], constants[weight]) +
              Math.imul(input.data[i + 1], constants[weight + 1]) +
              Math.imul(input.data[i + 2], constants[weight + 2]) +
              Math.imul(input.data[i + 3], constants[weight + 3])) |
            0;
        }
      }
      return sum;
    };
    return () => {
      forEachPixel({ op, operands }, (window, target) => {
        for (let channel = 0; channel < outputChannels; channel += 1) {
          output.data[target + channel] = finish(sumWindow(window, channel), channel);
        }
      });
    };
  },
};

/**
 * Writes the start value of every sum, then the weights of every output channel.
 *
 * `bias + sum (x - zeroPoint) * w` is `(bias - zeroPoint * sum w) + sum x * w`. Weights of channels beyond the last are zeros,
 * because nobody promises what stands in those channels of the input.
 */
function writeConstants({ inputs: [{ zeroPoint }], weights, bias }: Conv2dOp, depth: number, to: Int32Array) {
  const [outputChannels, kernelHeight, kernelWidth, channels] = weights.shape;
  const values = unpackWeights(weights);
  to.fill(0);
  let next = 0;
  for (let channel = 0; channel < outputChannels; channel += 1) {
    let sum = 0;
    for (let tap = 0; tap < kernelHeight * kernelWidth; tap += 1) {
      const first = outputChannels + (channel * kernelHeight * kernelWidth + tap) * depth;
      for (let i = 0; i < channels; i += 1, next += 1) {
        to[first + i] = values[next];
        sum += values[next];
      }
    }
    to[channel] = (bias?.[channel] ?? 0) - Math.imul(zeroPoint, sum);
  }
}

function inFours(channels: number): number {
  return (channels + 3) & ~3;
}
