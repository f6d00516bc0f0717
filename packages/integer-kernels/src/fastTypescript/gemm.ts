import { prepareRequantization } from '../arithmetic/prepareRequantization.js';
import { elementCount } from '../checks/checkShape.js';
import { type GemmOp, gemmSizes } from '../ops/gemm.js';
import { type FastKernel, type FastOperands, maxPackedValues } from './fastKernel.js';
import { areProductsNarrow, centerColumns, centerOfRows, moveSpan } from './pairs/centerValues.js';
import { packColumn } from './pairs/packColumn.js';
import {
  type PairColumns,
  type PairShape,
  pairShape,
  panelWords,
  preparePairProduct,
  productWords,
} from './pairs/pairProduct.js';

/** Fewer rows than these are not worth packing the second matrix for. */
const fewRows = 4;

/** Matrix product: packs the second matrix in every run. */
export const gemm: FastKernel<'gemm'> = {
  planOf(op) {
    if (gemmSizes(op).rows < fewRows || elementCount(op.inputs[1].shape) > maxPackedValues) return undefined;
    const shape = shapeOf(op);
    return {
      kernel: 'pairs',
      constants: 0,
      scratch: panelWords(shape) + shape.columns + productWords(shape),
    };
  },
  prepare(op, operands) {
    const { inputs, output, words } = operands;
    const [a] = inputs;
    const { rows } = gemmSizes(op);
    const shape = shapeOf(op);
    const center = centerOfRows(storedSpans(op)[0]);
    const { columns, pack } = preparePacking(op, operands, shape);
    const rest = columns.constants + shape.columns;
    const finish = prepareRequantization(op.requantization, op.output);
    const product = preparePairProduct(words, shape, columns, rest, false, output, finish);
    const values = new Int32Array(shape.length);
    return () => {
      pack();
      for (let row = 0; row < rows; row += 1) {
        const source = a.origin + Math.imul(row, a.strides[0]);
        for (let k = 0; k < values.length; k += 1) values[k] = a.data[source + k] - center;
        product.add(values, output.origin + Math.imul(row, output.strides[0]), 0);
      }
      product.flush(0);
    };
  },
};

/** Prepares to write the second matrix as panels; see `packWeights` for what is added to the sums. */
function preparePacking(
  op: GemmOp,
  { inputs: [, b], words, scratch }: FastOperands,
  shape: PairShape,
): { readonly columns: PairColumns; readonly pack: () => void } {
  const [storedA, storedB] = storedSpans(op);
  const [{ zeroPoint: zeroA }, { zeroPoint: zeroB }] = op.inputs;
  const centerA = centerOfRows(storedA);
  const { center, shift, span } = centerColumns(storedB);
  const constants = scratch + panelWords(shape);
  const columnStep = b.strides[op.transposeB ? 0 : 1];
  const depthStep = b.strides[op.transposeB ? 1 : 0];
  const column = new Int32Array(shape.length);

  const pack = (): void => {
    words.fill(0, scratch, constants);
    for (let i = 0; i < shape.columns; i += 1) {
      let source = b.origin + Math.imul(i, columnStep);
      let sum = 0;
      for (let k = 0; k < column.length; k += 1) {
        const value = b.data[source];
        sum = (sum + value - zeroB) | 0;
        column[k] = value - center;
        source += depthStep;
      }
      packColumn(words, scratch, shape, i, column);
      words[constants + i] = (op.bias?.[i] ?? 0) + Math.imul(centerA - zeroA, sum);
    }
  };
  const isNarrow = areProductsNarrow(moveSpan(storedA, centerA), span);
  return { columns: { start: scratch, constants, center: center - zeroB, shift, isNarrow }, pack };
}

function shapeOf(op: GemmOp): PairShape {
  const { depth, columns } = gemmSizes(op);
  return pairShape(depth, columns);
}

function storedSpans({ inputs: [a, b] }: GemmOp) {
  return [a, b].map(({ quantMin, quantMax }) => ({ min: quantMin, max: quantMax }));
}
