import * as tf from '@tensorflow/tfjs-core';
import type { PlanNode } from '../plan/studentPlan.js';
import { kernelRows } from '../trainable/kernelRows.js';
import { gridOf, type RuledLayer } from './ruledLayer.js';
import type { TrainingRule } from './trainingRule.js';
import { searchWeightStep } from './weightStepSearch.js';

export interface GainOptions {
  /** Share of the steps after which the gains are gone; 0.5 by default. */
  readonly until?: number;
}

/** The options with their defaults. */
export function resolveGains({ until = 0.5 }: GainOptions): Required<GainOptions> {
  return { until };
}

/** Whether a layer has one scale that gains can lead to. */
export function canAnneal(node: PlanNode): boolean {
  return node.kind === 'layer' && node.requantization === 'perLayer' && node.activations !== null;
}

/** As far as a channel's step may lie from the layer's when training begins. */
const largestGain = 4;

/**
 * Trains layers that have one scale with a gain a channel at first: the weight steps are `step * gain^a`, and `a` falls from 1 to 0 by half
 * a cosine. Gains begin where each channel's step has the least squared error, and are trained as the steps are.
 *
 * What is judged and kept is always without gains. The idea is that of gradual quantization (FQ-Conv: Verhoef et al. 2019, arXiv
 * 1912.09356), applied to scales.
 */
export function annealGains(
  layers: readonly RuledLayer[],
  { until }: Required<GainOptions>,
  learningRate: number,
): TrainingRule {
  const annealed = layers.filter(({ layer }) => canAnneal(layer.plan));
  const strength = (share: number): number =>
    share >= until ? 0 : (1 + Math.cos((Math.PI * share) / until)) / 2;
  return {
    parameters: annealed.map((ruled) => {
      const values = firstGains(ruled);
      return { name: gainName(ruled), shape: [values.length], values, learningRate };
    }),
    view: (tensors, _, share) =>
      Object.fromEntries(
        annealed.map((ruled) => {
          const name = `${ruled.layer.plan.name}/logWeightStep`;
          const gain = tensors[gainName(ruled)];
          // Without gains one step again; they keep a gradient, of zero, as every parameter must have one.
          const part = strength(share) === 0 ? tf.mul(tf.sum(gain), 0) : tf.mul(gain, strength(share));
          return [name, tf.add(tensors[name], part)];
        }),
      ),
  };
}

function gainName({ layer }: RuledLayer): string {
  return `${layer.plan.name}/logChannelGain`;
}

/** Logarithms of what each channel's own step is to the layer's; none for a channel of zeros. */
function firstGains(ruled: RuledLayer): Float32Array {
  const { plan, parameters, steps } = ruled.layer;
  const rows = kernelRows(plan, parameters);
  return Float32Array.from(rows, (row) => {
    if (row.every((weight) => weight === 0)) return 0;
    const gain = searchWeightStep(row, gridOf(ruled)) / steps.weightSteps[0];
    return Math.log(Math.min(largestGain, Math.max(1 / largestGain, gain)));
  });
}
