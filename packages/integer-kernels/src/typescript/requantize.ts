import { prepareRequantization } from '../arithmetic/prepareRequantization.js';
import { mapPixels } from './mapPixels.js';
import type { ReferenceKernel } from './referenceKernel.js';

/** Change of scale, zero point, range or type. */
export const requantize: ReferenceKernel<'requantize'> = (op, { inputs: [input], output }) => {
  const { zeroPoint } = op.inputs[0];
  const finish = prepareRequantization(op.requantization, op.output);
  return mapPixels(op.output.shape, input, output, (value, channel) => finish(value - zeroPoint, channel));
};
