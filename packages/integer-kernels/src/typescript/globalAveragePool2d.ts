import { prepareRequantization } from '../arithmetic/prepareRequantization.js';
import type { ReferenceKernel } from './referenceKernel.js';

/** Mean over height and width, one channel at a time. */
export const globalAveragePool2d: ReferenceKernel<'globalAveragePool2d'> = (
  op,
  { inputs: [input], output },
) => {
  const [{ shape, zeroPoint }] = op.inputs;
  const [batch, height, width, channels] = shape;
  const [imageStep, rowStep, pixelStep] = input.strides;
  const finish = prepareRequantization(op.requantization, op.output);

  const sumChannel = (start: number): number => {
    let sum = 0;
    for (let y = 0; y < height; y += 1) {
      const row = start + Math.imul(y, rowStep);
      for (let x = 0; x < width; x += 1) {
        sum = (sum + input.data[row + Math.imul(x, pixelStep)] - zeroPoint) | 0;
      }
    }
    return sum;
  };

  return () => {
    for (let n = 0; n < batch; n += 1) {
      const image = input.origin + Math.imul(n, imageStep);
      const target = output.origin + Math.imul(n, output.strides[0]);
      for (let channel = 0; channel < channels; channel += 1) {
        output.data[target + channel] = finish(sumChannel(image + channel), channel);
      }
    }
  };
};
