import { activation } from '../checks/checkActivation.js';
import { type FieldChecks, checkFields, listOf, oneOf } from '../checks/checkFields.js';
import { checkOutputShape, checkSameEncoding } from '../checks/checkOutput.js';
import { checkPool, poolAxes } from '../checks/checkPool.js';
import { poolPadding, windowPair } from '../checks/checkWindow.js';
import { storedMagnitude } from './activationMagnitude.js';
import { describeWindow } from './describe.js';
import { convolutionOutputSize } from './window.js';
import { withBatchSize } from './withBatchSize.js';
import type { ActivationSpec } from '../activation.js';
import type { OpBase, OpDefinition } from './op.js';

/** A pooling window: sizes and steps `[height, width]`, and padding that takes no part in the result. */
export interface PoolWindow {
  readonly kernel: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly padding: {
    readonly top: number;
    readonly bottom: number;
    readonly left: number;
    readonly right: number;
  };
}

/** A window over one image batch. */
export interface PooledOp extends PoolWindow {
  readonly inputs: readonly [ActivationSpec];
}

/** Largest stored value of each window; padding is ignored; clamped to the output's range. Type and zero point stay. */
export interface MaxPool2dOp extends OpBase<'maxPool2d'>, PoolWindow {
  readonly inputs: readonly [ActivationSpec];
}

const fields: FieldChecks = {
  op: oneOf('maxPool2d'),
  inputs: listOf(activation, 1, 1),
  output: activation,
  kernel: windowPair,
  strides: windowPair,
  padding: poolPadding,
};

/** What a maximum pool answers for itself. */
export const maxPool2d: OpDefinition<MaxPool2dOp> = {
  name: 'maxPool2d',
  check(op) {
    const issues = checkFields(op, fields, '');
    if (issues.length > 0) return issues;
    const shapeIssues = checkPool(op);
    if (shapeIssues.length > 0) return shapeIssues;
    return [
      ...checkOutputShape(op.output, this.outputShape(op)),
      ...checkSameEncoding(op.inputs[0], op.output),
    ];
  },
  outputShape: poolOutputShape,
  accumulatorBound: ({ inputs: [input] }) => ({ magnitude: storedMagnitude(input), channel: 0 }),
  macs: () => 0,
  describe: ({ kernel, strides }) => `${describeWindow(kernel, strides)} max pool`,
  withBatch: withBatchSize,
};

/** Output shape of a pool. */
export function poolOutputShape(op: PooledOp): number[] {
  const { vertical, horizontal } = poolAxes(op);
  const [batch, , , channels] = op.inputs[0].shape;
  return [batch, convolutionOutputSize(vertical), convolutionOutputSize(horizontal), channels];
}
