import type { ActivationSpec } from '../activation.js';
import type { Weights } from '../weights.js';
import { storedMagnitude } from './activationMagnitude.js';
import { channelBounds } from './channelBounds.js';
import type { Padding } from './conv2d.js';

/** Largest `sum |weight| * |stored value|` of an output channel, padding included. */
export function partialSumBound({
  inputs: [input],
  weights,
  padding,
}: {
  readonly inputs: readonly [ActivationSpec];
  readonly weights: Weights;
  readonly padding?: Padding;
}): number {
  const isPadded = padding !== undefined && padding.top + padding.bottom + padding.left + padding.right > 0;
  const magnitude = Math.max(storedMagnitude(input), isPadded ? Math.abs(padding.value) : 0);
  const bounds = channelBounds(weights, magnitude, undefined);
  return bounds.reduce((largest, bound) => Math.max(largest, bound), 0);
}
