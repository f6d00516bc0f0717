import { hostQuantizedKernel, hostValues } from './hostValues.js';
import type { TfjsLayer } from './tfjsLayersModel.js';
import type { TeacherOperation, TeacherParameters } from './teacher.js';

/** A copy of one weight tensor on the host. */
export interface HostWeight {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Copies a layer's weights to the host, in tfjs's order. Integer weights are converted. */
export function readWeights(layer: TfjsLayer): HostWeight[] {
  return layer.getWeights().map((tensor) => ({ shape: [...tensor.shape], values: hostValues(tensor) }));
}

/** Gives a layer's weights their roles. Operations that are not planned from have none. */
export function nameWeights(
  layer: TfjsLayer,
  operation: TeacherOperation,
  weights: readonly HostWeight[],
): TeacherParameters {
  const queue = [...weights];
  const take = (): HostWeight => {
    const weight = queue.shift();
    if (weight === undefined)
      throw new Error(`layer "${layer.name}" has fewer weights than its configuration says`);
    return weight;
  };
  switch (operation.kind) {
    case 'conv2d':
    case 'depthwiseConv2d':
    case 'dense': {
      const kernel = usedKernel(take(), operation, layer);
      return operation.hasBias ? { kernel, bias: take().values } : { kernel };
    }
    case 'batchNormalization': {
      const { scale, center } = layer.getConfig() as { scale?: boolean; center?: boolean };
      const gamma = scale === false ? {} : { gamma: take().values };
      const beta = center === false ? {} : { beta: take().values };
      return { ...gamma, ...beta, mean: take().values, variance: take().values };
    }
    case 'affine':
      return rescalingParameters(layer);
    default:
      return {};
  }
}

/** The kernel that the teacher computes with: a low-bit one is quantized as it is there. */
function usedKernel(stored: HostWeight, operation: TeacherOperation, layer: TfjsLayer): HostWeight {
  const bits = 'weightBits' in operation ? operation.weightBits : undefined;
  if (bits === undefined) return stored;
  const [kernel] = layer.getWeights();
  return { shape: stored.shape, values: hostQuantizedKernel(kernel, bits) };
}

/** Gain and offset of a Rescaling layer, for every channel of what it makes; both are numbers, or one for each channel. */
function rescalingParameters(layer: TfjsLayer): TeacherParameters {
  type Factor = number | readonly number[];
  const { scale, offset = 0 } = layer.getConfig() as { scale: Factor; offset?: Factor };
  const length = layer.inboundNodes[0].outputTensors[0].shape.at(-1) ?? 1;
  const spread = (factor: Factor): Float32Array =>
    Float32Array.from({ length }, (_, channel) =>
      typeof factor === 'number' ? factor : factor[channel % factor.length],
    );
  return { gain: spread(scale), offset: spread(offset) };
}
