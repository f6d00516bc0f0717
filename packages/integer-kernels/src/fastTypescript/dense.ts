import { prepareRequantization } from '../arithmetic/prepareRequantization.js';
import { elementCount } from '../checks/checkShape.js';
import type { DenseOp } from '../ops/dense.js';
import { type FastKernel, maxPackedValues } from './fastKernel.js';
import { centerOfRows } from './pairs/centerValues.js';
import { packWeights } from './pairs/packWeights.js';
import {
  type PairShape,
  pairShape,
  panelWords,
  preparePairProduct,
  productWords,
} from './pairs/pairProduct.js';

/** Fully connected layer: the rows of the batch by all weights. */
export const dense: FastKernel<'dense'> = {
  planOf(op) {
    if (elementCount(op.weights.shape) > maxPackedValues) return undefined;
    const shape = shapeOf(op);
    return { kernel: 'pairs', constants: panelWords(shape) + shape.columns, scratch: productWords(shape) };
  },
  prepare(op, { inputs: [input], output, words, constants, scratch }) {
    const [batch] = op.output.shape;
    const shape = shapeOf(op);
    const [{ quantMin, quantMax }] = op.inputs;
    const stored = { min: quantMin, max: quantMax };
    const columns = packWeights(op, words, constants, shape, 1, stored);
    const finish = prepareRequantization(op.requantization, op.output);
    const product = preparePairProduct(words, shape, columns, scratch, batch === 1, output, finish);
    const center = centerOfRows(stored);
    const row = new Int32Array(shape.length);
    return () => {
      for (let n = 0; n < batch; n += 1) {
        const source = input.origin + Math.imul(n, input.strides[0]);
        for (let i = 0; i < row.length; i += 1) row[i] = input.data[source + i] - center;
        product.add(row, output.origin + Math.imul(n, output.strides[0]), 0);
      }
      product.flush(0);
    };
  },
};

function shapeOf({ weights: { shape } }: DenseOp): PairShape {
  return pairShape(shape[1], shape[0]);
}
