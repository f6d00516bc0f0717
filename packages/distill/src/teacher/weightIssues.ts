import type { Issue } from '@bnfree/core';
import { nameWeights, type HostWeight } from './layerParameters.js';
import type { TfjsLayer } from './tfjsLayersModel.js';
import type { TracedCall } from './traceLayers.js';
import { deadVariance } from './batchNormAffine.js';

/** NON_FINITE_WEIGHTS and NEGATIVE_VARIANCE of a model, one issue a layer. */
export function weightIssues(
  calls: readonly TracedCall[],
  weightsOf: ReadonlyMap<TfjsLayer, readonly HostWeight[]>,
): Issue[] {
  const firstCalls = calls.filter((call, i) => calls.findIndex((other) => other.layer === call.layer) === i);
  return firstCalls.flatMap((call) => {
    const weights = weightsOf.get(call.layer) ?? [];
    const bad = weights.reduce(
      (sum, { values }) => sum + countWhere(values, (value) => !Number.isFinite(value)),
      0,
    );
    if (bad > 0) return [nonFinite(call, bad)];
    if (call.layer.getClassName() !== 'BatchNormalization') return [];
    const { variance } = nameWeights(call.layer, { kind: 'batchNormalization', epsilon: 0 }, weights);
    const negative = countWhere(variance ?? new Float32Array(), (value) => value <= -deadVariance);
    return negative > 0 ? [negativeVariance(call, negative)] : [];
  });
}

function countWhere(values: Float32Array, test: (value: number) => boolean): number {
  let count = 0;
  for (const value of values) if (test(value)) count++;
  return count;
}

function nonFinite({ path, layer }: TracedCall, count: number): Issue {
  return {
    code: 'NON_FINITE_WEIGHTS',
    path,
    message: `Got ${count} weights that are NaN or infinite, expected finite numbers.`,
    fix: `load a checkpoint from before the training diverged; model.getLayer('${layer.name}').getWeights() shows the values`,
  };
}

function negativeVariance({ path, layer }: TracedCall, count: number): Issue {
  return {
    code: 'NEGATIVE_VARIANCE',
    path,
    message: `Got ${count} moving variances below zero, expected none.`,
    fix: `check the order of the weights given to model.getLayer('${layer.name}').setWeights([gamma, beta, mean, variance])`,
  };
}
