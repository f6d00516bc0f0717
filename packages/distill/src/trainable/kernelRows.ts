import type { LayerParameters } from '../layers/stages.js';
import type { PlannedLayer } from '../plan/studentPlan.js';
import { trainableOf } from './index.js';

/** The weights of each output channel, in the order in which the integers have them. */
export function kernelRows(plan: PlannedLayer, { kernel, kernelShape }: LayerParameters): Float32Array[] {
  const trainable = trainableOf(plan.operation);
  const channels = trainable.outputChannels(kernelShape);
  return Array.from({ length: channels }, (_, channel) =>
    Float32Array.from(
      { length: kernel.length / channels },
      (__, position) => kernel[trainable.kernelIndex(kernelShape, channel, position)],
    ),
  );
}
