import { prepareClamp } from '../arithmetic/prepareRequantization.js';
import { requantize } from '../arithmetic/requantize.js';
import { pixelStarts } from '../memory/tensorView.js';
import type { ReferenceKernel } from './referenceKernel.js';

/** Sum of two rescaled tensors. */
export const add: ReferenceKernel<'add'> = (op, { inputs: [a, b], output }) => {
  const { leftShift, rounding } = op;
  const { shape } = op.output;
  const [{ zeroPoint: zeroA }, { zeroPoint: zeroB }] = op.inputs;
  const rescaleA = { ...op.rescales[0], rounding };
  const rescaleB = { ...op.rescales[1], rounding };
  const rescaleSum = { ...op.outputRescale, rounding };
  const clamp = prepareClamp(op.output);
  const channels = shape[shape.length - 1];
  const [startsA, startsB, targets] = [a, b, output].map((view) => pixelStarts(shape, view));

  return () => {
    for (let pixel = 0; pixel < targets.length; pixel += 1) {
      for (let channel = 0; channel < channels; channel += 1) {
        const left = requantize((a.data[startsA[pixel] + channel] - zeroA) << leftShift, rescaleA);
        const right = requantize((b.data[startsB[pixel] + channel] - zeroB) << leftShift, rescaleB);
        output.data[targets[pixel] + channel] = clamp(requantize((left + right) | 0, rescaleSum));
      }
    }
  };
};
