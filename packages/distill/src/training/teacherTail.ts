import * as tf from '@tensorflow/tfjs-core';
import { initialParameters } from '../layers/initialParameters.js';
import type { LayerParameters } from '../layers/stages.js';
import { isUnit, type PlannedLayer, type StudentPlan } from '../plan/studentPlan.js';
import type { Teacher } from '../teacher/teacher.js';
import { forwardPlan } from './forwardPlan.js';
import { floatLayer } from './simulateLayer.js';
import { simulateMerge } from './simulateMerge.js';

/**
 * The layers that are still float, with their normalisation folded in: what stands above the layer being made.
 * Starts as the teacher's own; a tandem pass may retrain it against the frozen prefix, and later layers start from it.
 */
export class TeacherTail {
  readonly #parameters: Map<string, LayerParameters>;

  constructor(
    teacher: Teacher,
    private readonly plan: StudentPlan,
    seed: number,
  ) {
    this.#parameters = new Map(
      layersOf(plan).map((layer) => [layer.name, initialParameters(teacher, layer, seed)]),
    );
  }

  parameters(layer: string): LayerParameters {
    const found = this.#parameters.get(layer);
    if (found === undefined) throw new RangeError(`plan has no layer "${layer}"`);
    return found;
  }

  replace(layer: string, parameters: LayerParameters): void {
    this.#parameters.set(layer, parameters);
  }

  /** Layers that come after a unit of the plan, in order. */
  layersAfter(unit: string): PlannedLayer[] {
    const units = this.plan.nodes.filter(isUnit);
    const position = units.findIndex(({ name }) => name === unit);
    return units.slice(position + 1).filter((node) => node.kind === 'layer');
  }

  /**
   * Outputs, in order, that the float layers make of some values by name: all that they take from before.
   * `tensors(layer)` gives a layer's kernel and bias; differentiable.
   */
  forward(
    given: ReadonlyMap<string, tf.Tensor>,
    tensors: (layer: PlannedLayer) => { readonly kernel: tf.Tensor; readonly bias: tf.Tensor },
  ): tf.Tensor[] {
    const start = new Map([...given].map(([name, value]) => [name, { value, grid: null }]));
    const outputs = forwardPlan(this.plan, start, {
      layer(layer, x) {
        const { kernel, bias } = tensors(layer);
        return { value: floatLayer(layer, x.value, kernel, bias), grid: null };
      },
      merge: (merge, inputs) => ({
        value: simulateMerge(
          merge,
          inputs.map(({ value }) => value),
          null,
        ),
        grid: null,
      }),
    });
    return outputs.map(({ value }) => value);
  }

  /** Kernels and biases of the layers after a unit as constant tensors. The caller disposes them. */
  tensorsAfter(unit: string): Map<string, { kernel: tf.Tensor; bias: tf.Tensor }> {
    return new Map(
      this.layersAfter(unit).map(({ name }) => {
        const { kernel, kernelShape, bias } = this.parameters(name);
        return [
          name,
          { kernel: tf.tensor(kernel, [...kernelShape], 'float32'), bias: tf.tensor1d(bias, 'float32') },
        ];
      }),
    );
  }
}

function layersOf(plan: StudentPlan): PlannedLayer[] {
  return plan.nodes.filter((node) => node.kind === 'layer');
}
