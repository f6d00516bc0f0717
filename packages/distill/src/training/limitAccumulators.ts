import { BnfreeError } from '@bnfree/core';
import type { ActivationSpec } from '@bnfree/integer-kernels';
import type { QuantizableLayer } from '../layers/stages.js';
import {
  impossibleLimit,
  roundWithinLimit,
  shrinkKernel,
  stepsWithinLimit,
  weightLimit,
} from './accumulatorLimit.js';
import { kernelName, type RuledLayer } from './ruledLayer.js';
import type { TrainingRule } from './trainingRule.js';

/**
 * Keeps the products of every output channel within accumulators of so many bits, whatever the input, by projection on a bound of its
 * weights' magnitudes (A2Q: Colbert et al. 2023, arXiv 2308.13504).
 *
 * Training starts from {@link withinLimit} and its result goes through {@link roundedWithinLimit}, which holds for the integers.
 */
export function limitAccumulators(layers: readonly RuledLayer[], bits: number): TrainingRule {
  return {
    project: (tensors) =>
      Object.fromEntries(
        layers.map((ruled) => {
          const limit = weightLimit(ruled.input, bits);
          const step = ruled.weightStep(tensors);
          const kernel = tensors[kernelName(ruled)];
          return [kernelName(ruled), shrinkKernel(ruled.layer.plan, kernel, step, limit)];
        }),
      ),
  };
}

/**
 * A layer with weight steps that go with its accumulators, where the scheme leaves the steps free.
 *
 * @throws BnfreeError ACCUMULATOR_OVERFLOW where its code of weights cannot keep the bound at all
 */
export function withinLimit<Layer extends QuantizableLayer>(
  layer: Layer,
  input: ActivationSpec,
  bits: number,
): Layer {
  const { plan, parameters, steps } = layer;
  const { name } = plan;
  const limit = weightLimit(input, bits);
  const message = impossibleLimit(plan, parameters, limit);
  if (message !== null) {
    const fix = `give "${name}" a code with a zero: layers: (l) => (l.name === '${name}' ? { weights: { bits: 2 } } : undefined)`;
    throw new BnfreeError([{ code: 'ACCUMULATOR_OVERFLOW', path: `layer "${name}"`, message, fix }]);
  }
  if (steps.fixedRatios !== null) return layer;
  const weightSteps = stepsWithinLimit(plan, parameters, steps.weightSteps, limit);
  return { ...layer, steps: { ...steps, weightSteps } };
}

/** A layer whose integer weights keep the bound. */
export function roundedWithinLimit<Layer extends Pick<QuantizableLayer, 'plan' | 'parameters' | 'steps'>>(
  layer: Layer,
  input: ActivationSpec,
  bits: number,
): Layer {
  const { plan, parameters, steps } = layer;
  const kernel = roundWithinLimit(plan, parameters, steps, weightLimit(input, bits));
  return { ...layer, parameters: { ...parameters, kernel } };
}
