import { throwIfIssues } from '@bnfree/core';
import { storedFloats } from '../checkpoint/storedTensor.js';
import type { InitializedLayer, LayerParameters, QuantizableLayer } from '../layers/stages.js';
import {
  differsInBits,
  stageIssues,
  uselessStageIssues,
  withMoreBits,
  type StageBits,
} from '../plan/moreBits.js';
import type { LayerContext, LayerPass } from './pass.js';
import { stageContext, stageName } from './stageContext.js';

/**
 * Makes a layer at more bits first, then at fewer, each time from the float weights of the time before, and at last at its own
 * (progressive quantization: Zhuang et al. 2018, arXiv 1711.00205).
 *
 * `train` chooses the grid and fits: `pipe(calibrateRange(), fitToTap())`. A layer that has the bits of a stage or more skips it.
 *
 * @param stages bits of the stages before the planned ones, most first
 * @throws BnfreeError OPTION_WITHOUT_EFFECT when a run is made and no unit of its plan has fewer bits than a stage
 */
export function fitThroughBits<Layer extends QuantizableLayer>(
  stages: readonly StageBits[],
  train: LayerPass<InitializedLayer, Layer>,
): LayerPass<InitializedLayer, Layer> {
  throwIfIssues(stageIssues(stages, 'throughBits'));
  return {
    name: 'fitThroughBits',
    settings: `${JSON.stringify(stages)} ${train.name} ${train.settings}`,
    async run(layer, context) {
      throwIfIssues(uselessStageIssues(context.plan, stages, 'throughBits'));
      const { plan } = layer;
      let { parameters } = layer;
      let before: InitializedLayer['plan'] | undefined;
      for (const [index, bits] of stages.entries()) {
        const stagePlan = withMoreBits(plan, bits);
        const isNew = before === undefined || differsInBits(before, stagePlan);
        if (!isNew || !differsInBits(plan, stagePlan)) continue;
        const own = stageContext({ ...context, unit: stagePlan }, stageName(index, bits));
        parameters = await trainedAt({ ...layer, plan: stagePlan, parameters }, train, own);
        before = stagePlan;
      }
      return train.run({ ...layer, parameters }, context);
    },
  };
}

/** The float weights that a stage leaves, from the checkpoint where it has ended. */
async function trainedAt(
  layer: InitializedLayer,
  train: LayerPass<InitializedLayer, QuantizableLayer>,
  context: LayerContext,
): Promise<LayerParameters> {
  const result = context.progress('result');
  const file = await result.read();
  const { kernelShape } = layer.parameters;
  if (file !== undefined) {
    return {
      kernelShape,
      kernel: storedFloats(file.tensors, 'kernel'),
      bias: storedFloats(file.tensors, 'bias'),
    };
  }
  const kept = new Set<string>();
  const { parameters } = await train.run(layer, {
    ...context,
    progress(pass) {
      kept.add(pass);
      return context.progress(pass);
    },
  });
  const { kernel, bias } = parameters;
  await result.write({
    metadata: {},
    tensors: { kernel: { shape: kernelShape, values: kernel }, bias: { shape: [bias.length], values: bias } },
  });
  for (const pass of kept) await context.progress(pass).clear();
  return parameters;
}
