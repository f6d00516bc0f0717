import * as tf from '@tensorflow/tfjs-core';
import { batchOrder } from '../data/batchOrder.js';
import { outputTaps } from '../plan/outputTaps.js';
import type { PlannedLayer } from '../plan/studentPlan.js';
import type { LayerFeed } from '../training/layerFeed.js';
import { meanOverImages } from '../training/meanOverImages.js';
import { outputLoss } from '../training/outputLoss.js';
import { optimize, type Parameter, type ParameterTensors } from '../training/optimize.js';
import type { LayerContext } from './pass.js';

export interface RetrainTailOptions {
  /** Steps of Adam after each frozen layer; 50 by default. */
  readonly steps?: number;
  /** Relative to the root mean square of each kernel; 0.003 by default. */
  readonly learningRate?: number;
  readonly validateEvery?: number;
  readonly validationImages?: number;
}

/** What happens to the float layers above, each time a layer is frozen. */
export interface TailPass {
  readonly name: string;
  readonly settings: string;
  /** `context.training` and `context.validation` stand behind the unit that was frozen last, `context.unit`. */
  run(context: LayerContext): Promise<void>;
}

/**
 * Retrains the teacher's remaining layers on the integers of the frozen prefix, against the clean teacher's classes:
 * progressive compensation (arXiv 2007.01204). Later layers start from the retrained weights.
 */
export function retrainTail(options: RetrainTailOptions = {}): TailPass {
  const { steps = 50, learningRate = 3e-3, validateEvery = 25, validationImages = 256 } = options;
  return {
    name: 'retrainTail',
    settings: JSON.stringify({ steps, learningRate, validateEvery, validationImages }),
    async run(context) {
      const { tail, training, unit, signal } = context;
      const layers = tail.layersAfter(unit.name);
      if (layers.length === 0 || steps === 0) return;
      const order = batchOrder({
        count: training.count,
        batchSize: Math.min(context.batchSize, training.count),
        seed: context.seed,
        purpose: `${unit.name}/tail`,
      });
      const wanted = outputTaps(context.plan);
      const batch = (feed: LayerFeed, indices: ArrayLike<number>): tf.Tensor[] => [
        ...feed.teacherValues(indices, wanted),
        ...feed.liveValues(indices),
      ];
      const loss = (tensors: ParameterTensors, tensorsOfBatch: readonly tf.Tensor[]): tf.Scalar => {
        const live = tensorsOfBatch.slice(wanted.length);
        return outputLoss(
          context.plan,
          tail.forward(new Map(live.map((value, i) => [training.liveNames[i], value])), ({ name }) => ({
            kernel: tensors[`${name}/kernel`],
            bias: tensors[`${name}/bias`],
          })),
          tensorsOfBatch.slice(0, wanted.length),
        );
      };
      const images = { ...context, total: Math.min(validationImages, context.validation.count) };
      const optimum = await optimize({
        parameters: layers.flatMap((next) => tailParameters(context, next, learningRate)),
        steps,
        warmUpSteps: Math.floor(steps / 10),
        batch: (step) => Promise.resolve(batch(training, order(step))),
        loss,
        validate: (tensors) =>
          meanOverImages(
            images,
            (indices) => batch(context.validation, indices),
            (tensorsOfBatch) => loss(tensors, tensorsOfBatch),
          ),
        validateEvery,
        onStep: (step, value) => {
          context.emit({
            type: 'step',
            layer: unit.name,
            pass: 'retrainTail',
            step: step + 1,
            steps,
            loss: value,
          });
        },
        signal,
        progress: context.progress('tail'),
      });
      for (const { name } of layers) {
        tail.replace(name, {
          kernelShape: tail.parameters(name).kernelShape,
          kernel: optimum.parameters[`${name}/kernel`],
          bias: optimum.parameters[`${name}/bias`],
        });
      }
    },
  };
}

function tailParameters({ tail }: LayerContext, { name }: PlannedLayer, learningRate: number): Parameter[] {
  const { kernel, kernelShape, bias } = tail.parameters(name);
  const size = Math.sqrt(kernel.reduce((sum, x) => sum + x * x, 0) / kernel.length) || 1e-3;
  return [
    { name: `${name}/kernel`, shape: kernelShape, values: kernel, learningRate: learningRate * size },
    { name: `${name}/bias`, shape: [bias.length], values: bias, learningRate },
  ];
}
