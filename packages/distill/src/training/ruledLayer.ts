import * as tf from '@tensorflow/tfjs-core';
import type { ActivationSpec } from '@bnfree/integer-kernels';
import { gridsOf } from '../graph/valueGrids.js';
import { isFrozenLayer, type FrozenUnit, type QuantizableLayer, type ValueGrid } from '../layers/stages.js';
import type { StudentPlan } from '../plan/studentPlan.js';
import { trainableOf } from '../trainable/index.js';
import { gridUnderTraining, type Grid } from './gridUnderTraining.js';
import { stepTensors } from './layerParameters.js';
import type { ParameterTensors } from './optimize.js';
import { weightGrid, type WeightGrid } from './weightGrid.js';

/** A layer as a rule of training sees it. */
export interface RuledLayer {
  readonly layer: QuantizableLayer;
  /** How the values that it takes are stored. */
  readonly input: ActivationSpec;
  /** Worth of a weight step, one value or one per output channel, from the parameters under training; differentiable. */
  weightStep(tensors: ParameterTensors): tf.Tensor;
}

/** Name of the layer's kernel among the parameters. */
export function kernelName({ layer }: RuledLayer): string {
  return `${layer.plan.name}/kernel`;
}

/** The integers that the layer's weights can be. */
export function gridOf({ layer }: RuledLayer): WeightGrid {
  return weightGrid(layer.plan.weights.bits, layer.plan.weights.code);
}

/** The weight step in a shape that broadcasts against the kernel. */
export function kernelStep(ruled: RuledLayer, tensors: ParameterTensors): tf.Tensor {
  const { layer } = ruled;
  const step = ruled.weightStep(tensors);
  return step.size === 1
    ? step
    : tf.reshape(step, trainableOf(layer.plan.operation).stepShape(layer.parameters.kernelShape));
}

/**
 * The layers among units under training, for rules. `frozen` are these units and all before them, `given` the grids of values that are
 * not under training.
 */
export function ruledLayers(
  plan: StudentPlan,
  units: readonly FrozenUnit[],
  frozen: readonly FrozenUnit[] = units,
  given: ReadonlyMap<string, Grid> = new Map(),
): RuledLayer[] {
  const grids = gridsOf(plan, frozen);
  return units.filter(isFrozenLayer).map(({ shadow: layer }) => {
    const { name, input } = layer.plan;
    return {
      layer,
      input: (grids.get(input) as ValueGrid).tensor,
      weightStep(tensors) {
        // Only a fixed ratio makes a weight step depend on its input's.
        if (layer.steps.fixedRatios === null) return tf.exp(tensors[`${name}/logWeightStep`]);
        const { step } = gridUnderTraining(plan, units, input, tensors, given);
        return stepTensors(layer, step, tensors).weightStep;
      },
    };
  });
}
