import { randomStream } from '../random/randomStream.js';
import type { PlannedLayer } from '../plan/studentPlan.js';
import type { Teacher } from '../teacher/teacher.js';
import { foldNormalization } from './foldNormalization.js';
import type { LayerParameters } from './stages.js';

/**
 * What a layer starts from: the teacher's weights, normalization folded in, or random ones where the teacher has none to show.
 *
 * Random weights are uniform with variance 2 / fan-in (He et al. 2015, arXiv 1502.01852); biases are zero.
 */
export function initialParameters(teacher: Teacher, layer: PlannedLayer, seed: number): LayerParameters {
  const isKnown =
    layer.operation.kind === 'affine' || teacher.parameters(layer.teacherNodes[0]).kernel !== undefined;
  return isKnown ? foldNormalization(teacher, layer) : randomParameters(layer, seed);
}

function randomParameters(layer: PlannedLayer, seed: number): LayerParameters {
  const kernelShape = kernelShapeOf(layer);
  const size = kernelShape.reduce((a, b) => a * b, 1);
  const channels = layer.outputShape.at(-1) ?? 1;
  const bound = Math.sqrt((6 * channels) / size);
  const stream = randomStream(seed, `${layer.name}/initial`);
  const resolution = 2 ** 20;
  return {
    kernelShape,
    kernel: Float32Array.from(
      { length: size },
      () => (bound * stream.nextInt(-resolution, resolution)) / resolution,
    ),
    bias: new Float32Array(channels),
  };
}

function kernelShapeOf({ operation, inputShape, outputShape }: PlannedLayer): number[] {
  const inputs = inputShape.at(-1) ?? 1;
  const outputs = outputShape.at(-1) ?? 1;
  switch (operation.kind) {
    case 'conv2d':
      return [...operation.kernel, inputs / operation.groups, outputs];
    case 'depthwiseConv2d':
      return [...operation.kernel, inputs, operation.channelMultiplier];
    case 'dense':
      return [inputs, outputs];
    case 'affine':
      return [inputs];
  }
}
