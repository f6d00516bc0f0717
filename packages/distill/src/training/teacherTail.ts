import * as tf from '@tensorflow/tfjs-core';
import { foldNormalization } from '../layers/foldNormalization.js';
import type { LayerParameters } from '../layers/stages.js';
import type { PlannedLayer, StudentPlan } from '../plan/studentPlan.js';
import type { Teacher } from '../teacher/teacher.js';
import { forwardPlan, type SimulatedValue } from './forwardPlan.js';
import { floatLayer } from './simulateLayer.js';

/**
 * The layers that are still float, with their normalisation folded in: what stands above the layer being made.
 * Starts as the teacher's own; a tandem pass may retrain it against the frozen prefix, and later layers start from it.
 */
export class TeacherTail {
  readonly #parameters: Map<string, LayerParameters>;

  constructor(
    teacher: Teacher,
    private readonly plan: StudentPlan,
  ) {
    this.#parameters = new Map(
      layersOf(plan).map((layer) => [layer.name, foldNormalization(teacher, layer)]),
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

  /** Planned layers behind a value, in order. */
  layersAfter(value: string): PlannedLayer[] {
    const behind = new Set([value]);
    for (const node of this.plan.nodes) if (behind.has(node.input)) behind.add(node.name);
    behind.delete(value);
    return layersOf(this.plan).filter(({ name }) => behind.has(name));
  }

  /**
   * Logits that the float layers make of a value. `tensors(layer)` gives a layer's kernel and bias; differentiable.
   */
  forward(
    value: string,
    input: tf.Tensor,
    tensors: (layer: PlannedLayer) => { readonly kernel: tf.Tensor; readonly bias: tf.Tensor },
  ): tf.Tensor {
    const start: SimulatedValue = { value: input, grid: null };
    return forwardPlan(this.plan, value, start, (layer, x) => {
      const { kernel, bias } = tensors(layer);
      return { value: floatLayer(layer, x.value, kernel, bias), grid: null };
    }).value;
  }

  /** Kernels and biases of the layers behind a value as constant tensors. The caller disposes them. */
  tensorsAfter(value: string): Map<string, { kernel: tf.Tensor; bias: tf.Tensor }> {
    return new Map(
      this.layersAfter(value).map(({ name }) => {
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
