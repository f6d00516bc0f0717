import { distillLayerwise, planCost, planStudent, type DistillEvent } from '@bnfree/distill';
import * as tf from '@tensorflow/tfjs-core';
import { compareWithTeacher, type Comparison } from './compareWithTeacher.js';
import { loadNetwork, type NetworkName } from './loadNetwork.js';
import { cropPhotographs } from './photographs.js';

/** How one network came through. */
export interface NetworkRow extends Comparison {
  readonly network: NetworkName;
  readonly layers: number;
  /** Residual sums and concatenations. */
  readonly merges: number;
  readonly macs: number;
  readonly artifactBytes: number;
  /** Of the layer or merge that is furthest from its tap. */
  readonly worstSqnrDb: { readonly name: string; readonly value: number };
  readonly seconds: number;
}

export interface NetworkSettings {
  /** Crops out of each photograph, for calibration and for the comparison. */
  readonly crops: { readonly training: number; readonly test: number };
  readonly fitSteps: number;
  readonly signal: AbortSignal | undefined;
  readonly onEvent: (event: DistillEvent) => void;
}

/** These networks take pixels as `pixel / 255`. */
const input = { zeroPoint: 0, scale: { numerator: 1, denominator: 255 } } as const;

/** Turns one network into integers, W8A8 with a scale a channel, and compares it with its teacher on other photographs. */
export async function distilNetwork(
  network: NetworkName,
  { crops, fitSteps, signal, onEvent }: NetworkSettings,
): Promise<NetworkRow> {
  const startMs = performance.now();
  const { teacher, size } = await loadNetwork(network);
  const training = await cropPhotographs('training', crops.training, size);
  const { model, graph, artifact, report } = await distillLayerwise(teacher, training.pixels, {
    input,
    requantization: 'perChannel',
    fit: { steps: fitSteps },
    fitImages: training.count,
    batchSize: 8,
    baseline: false,
    seed: 7,
    onEvent,
    ...(signal === undefined ? {} : { signal }),
  });
  await model.dispose();
  const plan = planStudent(teacher, { input, requantization: 'perChannel' });
  const [output] = plan.outputs;
  const outputLayer = plan.nodes.find(({ name }) => name === output);
  const logits = outputLayer?.kind === 'layer' ? outputLayer.tap : output;
  const comparison = await compareWithTeacher(
    graph,
    await cropPhotographs('test', crops.test, size),
    (pixels) =>
      teacher
        .evaluate(new Map([[teacher.inputs[0], tf.div(pixels, 255)]]), [logits])
        .get(logits) as tf.Tensor,
  );
  const units = [...report.layers, ...report.merges];
  const worst = units.reduce((a, b) => (b.sqnrDb < a.sqnrDb ? b : a));
  return {
    network,
    layers: report.layers.length,
    merges: report.merges.length,
    macs: planCost(plan).macs,
    artifactBytes: artifact.length,
    worstSqnrDb: { name: worst.name, value: worst.sqnrDb },
    ...comparison,
    seconds: (performance.now() - startMs) / 1000,
  };
}
