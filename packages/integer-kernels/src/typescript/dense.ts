import { prepareRequantization } from '../arithmetic/prepareRequantization.js';
import { unpackWeights } from '../packing/unpackWeights.js';
import type { ReferenceKernel } from './referenceKernel.js';
import { sumRows } from './sumRows.js';

/** Fully connected layer, one row of the batch at a time. */
export const dense: ReferenceKernel<'dense'> = (op, { inputs: [input], output }) => {
  const [batch, units] = op.output.shape;
  const weights = unpackWeights(op.weights);
  const finish = prepareRequantization(op.requantization, op.output);
  const { bias } = op;
  const { zeroPoint } = op.inputs[0];
  const row = new Int32Array(op.weights.shape[1]);
  const sums = new Int32Array(units);

  return () => {
    for (let n = 0; n < batch; n += 1) {
      const source = input.origin + Math.imul(n, input.strides[0]);
      const target = output.origin + Math.imul(n, output.strides[0]);
      for (let i = 0; i < row.length; i += 1) row[i] = input.data[source + i] - zeroPoint;
      sumRows(row, weights, 0, sums);
      for (let unit = 0; unit < units; unit += 1) {
        const sum = (sums[unit] + (bias === undefined ? 0 : bias[unit])) | 0;
        output.data[target + unit] = finish(sum, unit);
      }
    }
  };
};
