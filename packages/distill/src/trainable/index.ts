import type { PlannedOperation } from '../plan/studentPlan.js';
import { affine } from './affine.js';
import { conv2d } from './conv2d.js';
import { dense } from './dense.js';
import { depthwiseConv2d } from './depthwiseConv2d.js';
import type { Trainable } from './trainable.js';

const trainables = { affine, conv2d, dense, depthwiseConv2d } satisfies {
  [Kind in PlannedOperation['kind']]: Trainable<Kind>;
};

/** The training and integer forms of a planned operation. */
export function trainableOf<Kind extends PlannedOperation['kind']>(operation: {
  kind: Kind;
}): Trainable<Kind> {
  return trainables[operation.kind] as unknown as Trainable<Kind>;
}
