import {
  activationGrid,
  quantizeActivations,
  quantizeWeights,
  searchWeightStep,
  defaultCode,
  weightGrid,
} from '@bnfree/distill';
import type { TrainableNet } from '@bnfree/example-train-teacher';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { AccuracySetting } from '../settings.js';

type TfjsLayer = LayersModel['layers'][number];

/** One layer at work. */
type Step = (x: tf.Tensor, isTraining: boolean) => tf.Tensor;

/** Decay of the running statistics. */
const MOMENTUM = 0.9;

/**
 * The teacher with quantised weights and activations and its batch normalization kept: the usual quantised training.
 *
 * Learned step sizes (LSQ: Esser et al. 2019, arXiv 1902.08153); weights of the first and last layer have 8 bits. Its layers
 * stand in a line. It computes in floats, at inference too.
 */
export function lsqWithBatchNorm(
  model: LayersModel,
  { bits, code }: AccuracySetting,
): TrainableNet & { dispose(): void } {
  const builder = new NetBuilder(bits, code, model.layers.filter(hasKernel));
  const steps = model.layers.map((layer) => builder.step(layer));
  const { trained, kernels, statistics } = builder;
  return {
    name: `${model.name}_lsq`,
    trained,
    decayed: kernels,
    state: [...trained, ...statistics],
    logits: (images, isTraining) => steps.reduce((x, step) => step(x, isTraining), images),
    dispose() {
      tf.dispose([...trained, ...statistics]);
    },
  };
}

class NetBuilder {
  readonly trained: tf.Variable[] = [];
  readonly kernels: tf.Variable[] = [];
  readonly statistics: tf.Variable[] = [];

  constructor(
    private readonly bits: AccuracySetting['bits'],
    private readonly code: AccuracySetting['code'],
    private readonly weighted: readonly TfjsLayer[],
  ) {}

  step(layer: TfjsLayer): Step {
    switch (layer.getClassName()) {
      case 'Conv2D':
      case 'Dense':
        return this.#sums(layer);
      case 'BatchNormalization':
        return this.#normalization(layer);
      case 'ReLU':
      case 'Activation':
        return layer.getConfig()['activation'] === 'softmax' ? (x) => x : this.#activation();
      case 'Softmax':
      case 'Dropout':
      case 'InputLayer':
        return (x) => x;
      case 'MaxPooling2D':
      case 'Flatten':
        return (x) => layer.call([x], {}) as tf.Tensor;
      default:
        throw new RangeError(
          `layer ${layer.name} is a ${layer.getClassName()}, which this control does not know`,
        );
    }
  }

  #sums(layer: TfjsLayer): Step {
    const isEnd = layer === this.weighted[0] || layer === this.weighted[this.weighted.length - 1];
    const bits = isEnd ? 8 : this.bits.weights;
    const grid = weightGrid(bits, (isEnd ? undefined : this.code) ?? defaultCode(bits));
    const [kernelValues, biasValues] = layer.getWeights() as [tf.Tensor, tf.Tensor | undefined];
    const kernel = this.#variable(kernelValues);
    this.kernels.push(kernel);
    const logStep = this.#variable(tf.scalar(Math.log(searchWeightStep(kernelValues.dataSync(), grid))));
    const bias = biasValues === undefined ? undefined : this.#variable(biasValues);
    const { strides, padding } = layer.getConfig() as {
      readonly strides?: [number, number];
      readonly padding?: 'same' | 'valid';
    };
    return (x) => {
      const weights = quantizeWeights(kernel, tf.exp(logStep), grid);
      const sums =
        padding === undefined
          ? tf.matMul(x, weights)
          : tf.conv2d(x as tf.Tensor4D, weights as tf.Tensor4D, strides ?? 1, padding);
      return bias === undefined ? sums : tf.add(sums, bias);
    };
  }

  #normalization(layer: TfjsLayer): Step {
    const [gammaValues, betaValues, meanValues, varianceValues] = layer.getWeights();
    const [gamma, beta] = [this.#variable(gammaValues), this.#variable(betaValues)];
    const [mean, variance] = [meanValues, varianceValues].map((values) => {
      const variable = tf.variable(values, false);
      this.statistics.push(variable);
      return variable;
    });
    const epsilon = layer.getConfig()['epsilon'] as number;
    return (x, isTraining) => {
      const axes = x.shape.slice(0, -1).map((_, axis) => axis);
      const current = isTraining ? tf.moments(x, axes) : { mean, variance };
      if (isTraining) {
        moveTowards(mean, current.mean);
        moveTowards(variance, current.variance);
      }
      const scale = tf.mul(gamma, tf.rsqrt(tf.add(current.variance, epsilon)));
      return tf.add(tf.mul(tf.sub(x, current.mean), scale), beta);
    };
  }

  #activation(): Step {
    const grid = activationGrid(this.bits.activations, 'relu');
    // Set from the first batch: twice the mean magnitude over the root of the largest level, as in the paper.
    const logStep = this.#variable(tf.scalar(Number.NEGATIVE_INFINITY));
    return (x) => {
      if (logStep.dataSync()[0] === Number.NEGATIVE_INFINITY) {
        const step = (2 * tf.mean(tf.relu(x)).dataSync()[0]) / Math.sqrt(grid.max);
        logStep.assign(tf.scalar(Math.log(Math.max(step, 1e-6))));
      }
      return quantizeActivations(x, tf.exp(logStep), grid);
    };
  }

  #variable(values: tf.Tensor): tf.Variable {
    const variable = tf.variable(values);
    this.trained.push(variable);
    return variable;
  }
}

/** Outside the tape: statistics have no gradient. */
function moveTowards(running: tf.Variable, current: tf.Tensor): void {
  running.assign(tf.add(tf.mul(running, MOMENTUM), tf.mul(current, 1 - MOMENTUM)));
}

function hasKernel(layer: TfjsLayer): boolean {
  return ['Conv2D', 'Dense'].includes(layer.getClassName());
}
