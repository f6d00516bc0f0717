import type { ActivationSpec, Conv2dOp, DenseOp, DepthwiseConv2dOp, GemmOp } from '../../src/index.js';
import { type ReadOperand, convolutionTerms, denseTerms, gemmTerms } from './accumulate.js';
import { indicesOf } from './grid.js';

/** Largest `sum |a * b|` over all outputs when every operand is as far from its zero point as it can be. */
export function boundExactly(op: Conv2dOp | DepthwiseConv2dOp | DenseOp | GemmOp): bigint {
  const distances = op.inputs.map(farthest);
  const read: ReadOperand = (operand, ...index) => {
    const { shape } = op.inputs[operand];
    const isInside = index.every((i, axis) => i >= 0 && i < shape[axis]);
    return isInside ? distances[operand] : undefined;
  };
  const terms =
    op.op === 'gemm'
      ? gemmTerms(op, read)
      : op.op === 'dense'
        ? denseTerms(op, read)
        : convolutionTerms(op, read);
  const sums = indicesOf(op.output.shape).map((index) =>
    terms(index).reduce((sum, [a, b]) => sum + absolute(a * b), 0n),
  );
  return sums.reduce((largest, sum) => (sum > largest ? sum : largest), 0n);
}

function farthest({ quantMin, quantMax, zeroPoint }: ActivationSpec): bigint {
  const distances: bigint[] = [];
  for (let stored = quantMin; stored <= quantMax; stored += 1)
    distances.push(absolute(BigInt(stored - zeroPoint)));
  return distances.reduce((largest, distance) => (distance > largest ? distance : largest), 0n);
}

function absolute(value: bigint): bigint {
  return value < 0n ? -value : value;
}
