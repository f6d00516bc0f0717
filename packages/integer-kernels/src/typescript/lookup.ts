import { mapPixels } from './mapPixels.js';
import type { ReferenceKernel } from './referenceKernel.js';

/** A function by its table. */
export const lookup: ReferenceKernel<'lookup'> = ({ output: spec, table }, { inputs: [input], output }) => {
  const values = spec.type === 'int8' ? new Int8Array(table) : new Uint8Array(table);
  return mapPixels(spec.shape, input, output, (value) => values[value & 255]);
};
