import { teacherLayers } from '@bnfree/distill';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';

/** Bits of a low-bit teacher; the weights of its first and last layer have 8. */
export interface DoReFaBits {
  readonly weights: number;
  readonly activations: number;
}

type TfjsLayer = tfl.LayersModel['layers'][number];

/** How much of a normalized value's spread (its gamma) the activations' range of 0 .. 1 covers at the start. */
const SPREAD_IN_RANGE = 2;
const END_BITS = 8;

/**
 * A DoReFa net (arXiv 1606.06160) of the same layers, its batch normalization kept, that starts from a float teacher's weights.
 *
 * Layers must stand in a line. ReLU becomes a quantized activation, for which every normalization's output is brought into
 * 0 .. 1; dropout and softmax are left out, so that the output are logits, which a last layer brings back to their size: DoReFa
 * scales every kernel to -1 .. 1. It wants training: running statistics must follow as well.
 */
export function doReFaTeacher(
  teacher: tfl.LayersModel,
  bits: DoReFaBits,
  name = `${teacher.name}_dorefa`,
): tfl.LayersModel {
  const { doReFaConv2d, doReFaDense, quantizedActivation } = teacherLayers(tfl);
  const weighted = teacher.layers.filter((layer) => ['Conv2D', 'Dense'].includes(layer.getClassName()));
  const weightBits = (layer: TfjsLayer) =>
    layer === weighted[0] || layer === weighted[weighted.length - 1] ? END_BITS : bits.weights;
  const lowBit = (layer: TfjsLayer): TfjsLayer | null => {
    const config = layer.getConfig();
    switch (layer.getClassName()) {
      case 'InputLayer':
      case 'Dropout':
        return null;
      case 'Conv2D':
        return doReFaConv2d({ ...config, weightBits: weightBits(layer) } as never);
      case 'Dense':
        return doReFaDense({ ...config, weightBits: weightBits(layer) } as never);
      case 'ReLU':
      case 'Softmax':
      case 'Activation':
        return config['activation'] === 'softmax' || layer.getClassName() === 'Softmax'
          ? null
          : quantizedActivation({ name: layer.name, bits: bits.activations });
      default:
        return (layer.constructor as unknown as LayerClass).fromConfig(layer.constructor, config);
    }
  };
  const pixels = tfl.input({ batchShape: teacher.inputs[0].shape, name: 'input' });
  const made: [from: TfjsLayer, to: TfjsLayer][] = [];
  const logits = teacher.layers.reduce((top, layer) => {
    const next = lowBit(layer);
    if (next === null) return top;
    made.push([layer, next]);
    return next.apply(top) as tfl.SymbolicTensor;
  }, pixels);
  const rescaled = tfl.layers.rescaling({ scale: logitScale(teacher), name: 'logits' }).apply(logits);
  const model = tfl.model({ inputs: pixels, outputs: rescaled as tfl.SymbolicTensor, name });
  for (const [from, to] of made) copyWeights(from, to);
  return model;
}

interface LayerClass {
  fromConfig(from: unknown, config: tf.serialization.ConfigDict): TfjsLayer;
}

function copyWeights(from: TfjsLayer, to: TfjsLayer): void {
  const weights = from.getWeights();
  if (from.getClassName() !== 'BatchNormalization') {
    to.setWeights(weights);
    return;
  }
  tf.tidy(() => {
    const [gamma, beta, ...statistics] = weights;
    const range = rangeOf(gamma);
    to.setWeights([tf.div(gamma, range), tf.div(beta, range), ...statistics]);
  });
}

/** Largest activation that 0 .. 1 stands for, by the gains of the normalization in front of it. */
function rangeOf(gamma: tf.Tensor): tf.Tensor {
  return tf.mul(tf.mean(tf.abs(gamma)), SPREAD_IN_RANGE);
}

/** What the last layer's sums are worth: its largest weight, and its inputs' range. */
function logitScale({ layers }: tfl.LayersModel): number {
  const last = layers.filter((layer) => layer.getClassName() === 'Dense').at(-1);
  const normalization = layers.filter((layer) => layer.getClassName() === 'BatchNormalization').at(-1);
  return tf.tidy(() => {
    const largest = last === undefined ? tf.scalar(1) : tf.max(tf.abs(tf.tanh(last.getWeights()[0])));
    const range = normalization === undefined ? tf.scalar(1) : rangeOf(normalization.getWeights()[0]);
    return tf.mul(largest, range).dataSync()[0];
  });
}
