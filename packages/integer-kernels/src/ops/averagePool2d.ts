import { checkAccumulator } from '../checks/checkAccumulator.js';
import { byteActivation } from '../checks/checkActivation.js';
import { type FieldChecks, checkFields, listOf, oneOf } from '../checks/checkFields.js';
import { checkOutputShape, checkSameEncoding } from '../checks/checkOutput.js';
import { checkPool, poolAxes } from '../checks/checkPool.js';
import { poolPadding, windowPair } from '../checks/checkWindow.js';
import { storedMagnitude } from './activationMagnitude.js';
import { describeWindow } from './describe.js';
import { type WindowAxis, distinctTapRanges } from './window.js';
import { withBatchSize } from './withBatchSize.js';
import type { ActivationSpec } from '../activation.js';
import { type PoolWindow, poolOutputShape } from './maxPool2d.js';
import type { OpBase, OpDefinition } from './op.js';

/**
 * Mean of each window over the values inside the image: `clamp(round(sum(stored) / count))`. Type and zero point stay.
 * `halfUp` is the project's rounding; `halfAwayFromZero` rounds the stored mean as CMSIS-NN and TFLite do.
 */
export interface AveragePool2dOp extends OpBase<'averagePool2d'>, PoolWindow {
  readonly inputs: readonly [ActivationSpec];
  readonly rounding: 'halfUp' | 'halfAwayFromZero';
}

const fields: FieldChecks = {
  op: oneOf('averagePool2d'),
  inputs: listOf(byteActivation, 1, 1),
  output: byteActivation,
  kernel: windowPair,
  strides: windowPair,
  padding: poolPadding,
  rounding: oneOf('halfUp', 'halfAwayFromZero'),
};

/** What an average pool answers for itself. */
export const averagePool2d: OpDefinition<AveragePool2dOp> = {
  name: 'averagePool2d',
  check(op) {
    const issues = checkFields(op, fields, '');
    if (issues.length > 0) return issues;
    const shapeIssues = checkPool(op);
    if (shapeIssues.length > 0) return shapeIssues;
    return [
      ...checkOutputShape(op.output, this.outputShape(op)),
      ...checkSameEncoding(op.inputs[0], op.output),
      ...checkAccumulator(this.accumulatorBound(op)),
    ];
  },
  outputShape: poolOutputShape,
  accumulatorBound(op) {
    const { vertical, horizontal } = poolAxes(op);
    const count = mostInside(vertical) * mostInside(horizontal);
    return { magnitude: count * storedMagnitude(op.inputs[0]), channel: 0 };
  },
  macs: () => 0,
  describe: ({ kernel, strides }) => `${describeWindow(kernel, strides)} average pool`,
  withBatch: withBatchSize,
};

/** Most taps of a window that lie inside the image. */
function mostInside(axis: WindowAxis): number {
  return distinctTapRanges(axis).reduce((most, { from, to }) => Math.max(most, to - from), 0);
}
