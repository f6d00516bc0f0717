import type { PlannedLayer } from '../plan/studentPlan.js';
import { normalizationAffine } from '../teacher/batchNormAffine.js';
import type { Teacher } from '../teacher/teacher.js';
import { trainableOf } from '../trainable/index.js';
import type { LayerParameters } from './stages.js';

/**
 * The layer's float weights with every normalisation of its block folded in: `w * gain`, `b * gain + offset`.
 * A dead channel (no variance) becomes the constant that it is. Only a starting point: the fit aims at the tap.
 */
export function foldNormalization(teacher: Teacher, layer: PlannedLayer): LayerParameters {
  const { kernelShape, kernel, bias } = linearParameters(teacher, layer);
  const { gain, offset } = normalizationAffine(teacher, layer.teacherNodes, bias.length);
  scaleChannels(layer, kernelShape, kernel, gain);
  for (let channel = 0; channel < bias.length; channel += 1) {
    bias[channel] = bias[channel] * gain[channel] + offset[channel];
  }
  return { kernelShape, kernel, bias };
}

function linearParameters(
  teacher: Teacher,
  layer: PlannedLayer,
): { kernelShape: readonly number[]; kernel: Float32Array; bias: Float32Array } {
  if (layer.operation.kind === 'affine') {
    const channels = layer.inputShape.at(-1) as number;
    return {
      kernelShape: [channels],
      kernel: new Float32Array(channels).fill(1),
      bias: new Float32Array(channels),
    };
  }
  const { kernel, bias } = teacher.parameters(layer.teacherNodes[0]);
  if (kernel === undefined) throw new RangeError(`teacher's "${layer.name}" has no kernel`);
  const channels = trainableOf(layer.operation).outputChannels(kernel.shape);
  return {
    kernelShape: kernel.shape,
    kernel: kernel.values.slice(),
    bias: bias?.slice() ?? new Float32Array(channels),
  };
}

function scaleChannels(
  layer: PlannedLayer,
  shape: readonly number[],
  kernel: Float32Array,
  gain: Float64Array,
): void {
  const trainable = trainableOf(layer.operation);
  const rowLength = kernel.length / gain.length;
  for (let channel = 0; channel < gain.length; channel += 1) {
    for (let position = 0; position < rowLength; position += 1) {
      const index = trainable.kernelIndex(shape, channel, position);
      kernel[index] = kernel[index] * gain[channel];
    }
  }
}
