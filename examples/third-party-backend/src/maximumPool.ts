import { type HaloKernel, forEachPixel, tapOffsets } from './haloKernel.js';

/** Maximum pools: a halo of the smallest value never wins. */
export const maximumPool: HaloKernel<'maxPool2d'> = {
  supports: () => true,
  request: ({ inputs: [{ quantMin }], padding }) => ({
    channelMultiple: 1,
    halo: padding,
    haloValue: quantMin,
    tailBytes: 0,
  }),
  constantCount: () => 0,
  prepare(op, operands) {
    const [input] = operands.inputs;
    const { output } = operands;
    const { quantMin, quantMax } = op.output;
    const channels = op.output.shape[3];
    const taps = tapOffsets(op.kernel, [input.strides[1], input.strides[2]]);
    return () => {
      forEachPixel({ op, operands }, (window, target) => {
        for (let channel = 0; channel < channels; channel += 1) {
          let largest = quantMin;
          for (const tap of taps) largest = Math.max(largest, input.data[window + tap + channel]);
          output.data[target + channel] = Math.min(largest, quantMax);
        }
      });
    };
  },
};
