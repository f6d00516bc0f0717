import { checkAccumulator, checkMacs } from '../checks/checkAccumulator.js';
import { activation, byteActivation } from '../checks/checkActivation.js';
import { checkBias, int32Array } from '../checks/checkBias.js';
import { type FieldChecks, checkFields, flag, listOf, oneOf, optional } from '../checks/checkFields.js';
import { checkOutputShape, checkRank } from '../checks/checkOutput.js';
import { checkRequantization, requantization } from '../checks/checkRequantization.js';
import { shapeMismatch } from '../checks/checkShape.js';
import type { Issue } from '../errors.js';
import { activationMagnitude, biasMagnitude, storedMagnitude } from './activationMagnitude.js';
import { withFirstAxis } from './withBatchSize.js';
import type { ActivationSpec } from '../activation.js';
import type { Requantization } from '../requantization.js';
import type { OpBase, OpDefinition } from './op.js';

/**
 * Matrix product of two run-time matrices: `acc[m,n] = bias[n] + sum_k (A[m,k] - zA) * (B[k,n] - zB)`.
 * A `[m, k]`, B `[k, n]` (`[n, k]` with `transposeB`), output `[m, n]`. Channels are the columns n.
 */
export interface GemmOp extends OpBase<'gemm'> {
  readonly inputs: readonly [ActivationSpec, ActivationSpec];
  readonly transposeB: boolean;
  readonly bias?: Int32Array;
  readonly requantization: Requantization;
}

const fields: FieldChecks = {
  op: oneOf('gemm'),
  inputs: listOf(byteActivation, 2, 2),
  output: activation,
  transposeB: flag,
  bias: optional(int32Array),
  requantization,
};

/** What a matrix product answers for itself. */
export const gemm: OpDefinition<GemmOp> = {
  name: 'gemm',
  check(op) {
    const issues = checkFields(op, fields, '');
    if (issues.length > 0) return issues;
    const shapeIssues = checkOperands(op);
    if (shapeIssues.length > 0) return shapeIssues;
    const { columns } = gemmSizes(op);
    return [
      ...checkOutputShape(op.output, this.outputShape(op)),
      ...checkBias(op.bias, columns),
      ...checkRequantization(op.requantization, columns, op.output),
      ...checkAccumulator(this.accumulatorBound(op)),
      ...checkMacs(this.macs(op)),
    ];
  },
  outputShape(op) {
    const { rows, columns } = gemmSizes(op);
    return [rows, columns];
  },
  accumulatorBound(op) {
    const [a, b] = op.inputs;
    const products = gemmSizes(op).depth * activationMagnitude(a) * activationMagnitude(b);
    const largest = biasMagnitude(op.bias);
    const channel = op.bias?.findIndex((value) => Math.abs(value) === largest) ?? 0;
    return { magnitude: products + largest, channel };
  },
  partialSumBound: (op) =>
    gemmSizes(op).depth * storedMagnitude(op.inputs[0]) * activationMagnitude(op.inputs[1]),
  macs(op) {
    const { rows, columns, depth } = gemmSizes(op);
    return rows * columns * depth;
  },
  describe(op) {
    const { rows, columns, depth } = gemmSizes(op);
    return `gemm, ${rows}x${depth} by ${depth}x${columns}${op.transposeB ? ', B transposed' : ''}`;
  },
  // B has no batch axis: the rows of A are the batch.
  withBatch: (op, batch) => ({
    ...op,
    inputs: [withFirstAxis(op.inputs[0], batch), op.inputs[1]],
    output: withFirstAxis(op.output, batch),
  }),
};

/** Rows of A, columns of B, and the axis that they share. */
export function gemmSizes({ inputs: [a, b], transposeB }: GemmOp): {
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
} {
  const [rows, depth] = a.shape;
  return { rows, depth, columns: b.shape[transposeB ? 0 : 1] };
}

function checkOperands({ inputs: [a, b], transposeB }: GemmOp): Issue[] {
  const axes = transposeB ? ['n', 'k'] : ['k', 'n'];
  const issues = [...checkRank(a, 'inputs[0]', ['m', 'k']), ...checkRank(b, 'inputs[1]', axes)];
  const depth = b.shape[transposeB ? 1 : 0];
  if (issues.length > 0 || a.shape[1] === depth) return issues;
  return [
    shapeMismatch(
      'inputs[1].shape',
      b.shape,
      `k = ${a.shape[1]} as in inputs[0]`,
      'swap the axes with transposeB',
    ),
  ];
}
