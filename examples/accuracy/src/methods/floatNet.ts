import { join } from 'node:path';
import { measureTop1, trainableModel, type TrainableNet, trainNet } from '@bnfree/example-train-teacher';
import { realInput } from '../teachers.js';
import { planShape } from './distilled.js';
import { lsqWithBatchNorm } from './lsqWithBatchNorm.js';
import { batchSize, type MethodContext, type MethodResult } from './methodContext.js';
import { distillationCost, stepsOfCost } from './trainingCost.js';

/** Learning rate of Adam at the top of its cycle, for weights that were trained before. */
const RATE = 3e-4;

/** The controls that keep floats: as much work as the distilled student of the same setting, towards the labels. */
export async function floatNet(context: MethodContext): Promise<MethodResult> {
  const { setting, spec, model } = context;
  const shape = planShape(context);
  const { macs } = distillationCost(setting, shape);
  const steps = stepsOfCost(macs, shape.modelMacs, false);
  if (spec.method === 'lsq+bn') {
    const net = lsqWithBatchNorm(model, setting);
    try {
      return { ...(await trainAndMeasure(net, context, steps)), steps, macs };
    } finally {
      net.dispose();
    }
  }
  // The model is loaded anew for every row: training it in place spoils no other row.
  return { ...(await trainAndMeasure(logitsOf(context), context, steps)), steps, macs };
}

/** The teacher without its softmax. */
function logitsOf({ model }: MethodContext): TrainableNet {
  const net = trainableModel(model);
  const last = model.layers[model.layers.length - 1];
  if (!['Activation', 'Softmax'].includes(last.getClassName())) return net;
  return {
    ...net,
    logits: (images, training) =>
      model.layers.slice(0, -1).reduce((x, layer) => layer.apply(x, { training }) as typeof x, images),
  };
}

async function trainAndMeasure(
  net: TrainableNet,
  { training, test, teacher, spec, setting, folder, signal, onEvent }: MethodContext,
  steps: number,
): Promise<Pick<MethodResult, 'right' | 'artifactBytes'>> {
  const input = realInput(teacher);
  const settings = {
    steps,
    batchSize,
    optimizer: 'adam',
    peakRate: RATE,
    weightDecay: 0,
    input,
    augmentation: teacher.augmentation,
    seed: spec.seed,
    checkpoint: join(folder, 'checkpoint'),
    checkpointEverySteps: 200,
  } as const;
  await trainNet(net, training, settings, {
    signal,
    onStep: ({ step, loss }) => {
      onEvent({ type: 'step', layer: `W${setting.bits.weights}`, pass: spec.method, step, steps, loss });
    },
  });
  return { right: (await measureTop1(net, test, input)).right, artifactBytes: null };
}
