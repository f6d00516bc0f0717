import { prepareRequantization } from '../arithmetic/prepareRequantization.js';
import { unpackWeights } from '../packing/unpackWeights.js';
import type { ReferenceKernel } from './referenceKernel.js';
import { sumProducts } from './sumProducts.js';

/** Fully connected layer, one output value at a time. */
export const dense: ReferenceKernel<'dense'> = (op, { inputs: [input], output }) => {
  const [batch, units] = op.output.shape;
  const features = op.weights.shape[1];
  const weights = unpackWeights(op.weights);
  const finish = prepareRequantization(op.requantization, op.output);
  const { bias } = op;
  const { zeroPoint } = op.inputs[0];

  return () => {
    for (let n = 0; n < batch; n += 1) {
      const inputRow = input.origin + Math.imul(n, input.strides[0]);
      const outputRow = output.origin + Math.imul(n, output.strides[0]);
      for (let unit = 0; unit < units; unit += 1) {
        const weightRow = Math.imul(unit, features);
        const products = sumProducts(input.data, inputRow, zeroPoint, weights, weightRow, features);
        const sum = (products + (bias === undefined ? 0 : bias[unit])) | 0;
        output.data[outputRow + unit] = finish(sum, unit);
      }
    }
  };
};
