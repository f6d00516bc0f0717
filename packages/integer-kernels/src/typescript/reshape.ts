import { elementIndices } from '../memory/tensorView.js';
import type { ReferenceKernel } from './referenceKernel.js';

/** The same values in another shape. */
export const reshape: ReferenceKernel<'reshape'> = (op, { inputs: [input], output }) => {
  const sources = elementIndices(op.inputs[0].shape, input);
  const targets = elementIndices(op.output.shape, output);
  return () => {
    for (let i = 0; i < targets.length; i += 1) output.data[targets[i]] = input.data[sources[i]];
  };
};
