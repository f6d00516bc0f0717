import { prepareRequantization } from '../arithmetic/prepareRequantization.js';
import { gemmSizes } from '../ops/gemm.js';
import type { ReferenceKernel } from './referenceKernel.js';

/** Matrix product, one output value at a time. */
export const gemm: ReferenceKernel<'gemm'> = (op, { inputs: [a, b], output }) => {
  const { rows, columns, depth } = gemmSizes(op);
  const [{ zeroPoint: zeroA }, { zeroPoint: zeroB }] = op.inputs;
  const columnStep = b.strides[op.transposeB ? 0 : 1];
  const depthStep = b.strides[op.transposeB ? 1 : 0];
  const finish = prepareRequantization(op.requantization, op.output);
  const { bias } = op;

  const accumulate = (row: number, column: number): number => {
    let sum = bias === undefined ? 0 : bias[column];
    let right = b.origin + Math.imul(column, columnStep);
    const left = a.origin + Math.imul(row, a.strides[0]);
    for (let k = 0; k < depth; k += 1) {
      sum = (sum + Math.imul(a.data[left + k] - zeroA, b.data[right] - zeroB)) | 0;
      right += depthStep;
    }
    return sum;
  };

  return () => {
    for (let row = 0; row < rows; row += 1) {
      const target = output.origin + Math.imul(row, output.strides[0]);
      for (let column = 0; column < columns; column += 1) {
        output.data[target + column] = finish(accumulate(row, column), column);
      }
    }
  };
};
