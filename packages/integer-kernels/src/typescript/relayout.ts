import { mapPixels } from './mapPixels.js';
import type { ReferenceKernel } from './referenceKernel.js';

/** The same tensor in another memory layout. */
export const relayout: ReferenceKernel<'relayout'> = (op, { inputs: [input], output }) =>
  mapPixels(op.output.shape, input, output, (value) => value);
