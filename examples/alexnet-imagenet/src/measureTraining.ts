import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BackendName, startBackend, trainableModel, trainBatches } from '@bnfree/example-train-teacher';
import { alexnet, type AlexnetVariant } from '@bnfree/models-alexnet';
import { median } from 'd3-array';
import type { CommandContext } from './commandContext.js';
import { recipes } from './learningRate.js';
import { now } from './processorClock.js';

export interface TrainingCostFlags {
  readonly variant: AlexnetVariant;
  readonly batch: number;
  readonly microBatch: number;
  readonly steps: number;
  readonly backend: BackendName;
}

/** What a step of training takes, images apart. */
export interface TrainingCost {
  readonly variant: AlexnetVariant;
  readonly backend: BackendName;
  readonly batch: number;
  /** Images whose gradients are computed at once. */
  readonly microBatch: number;
  readonly size: number;
  readonly parameters: number;
  /** Medians of the steps behind the first. */
  readonly secondsPerStep: number;
  readonly processorSecondsPerStep: number;
  readonly imagesPerSecond: number;
  /** Images in a second of processor time. */
  readonly imagesPerCoreSecond: number;
  /** Largest memory of the process so far. */
  readonly memoryMegabytes: number;
}

/** Times steps of the Adam recipe at full size on random pixels. */
export async function measureTraining(
  { variant, batch, microBatch, steps, backend }: TrainingCostFlags,
  { signal, progress }: CommandContext,
): Promise<TrainingCost> {
  await startBackend(backend);
  const model = alexnet({ variant });
  const [, size, , classes] = [...model.inputs[0].shape.slice(0, 3), model.outputs[0].shape[1]] as number[];
  const images = Uint8Array.from({ length: batch * size * size * 3 }, (_, at) => (at * 2654435761) >>> 24);
  const labels = Int32Array.from({ length: batch }, (_, image) => image % classes);
  const checkpoint = await mkdtemp(join(tmpdir(), 'bnfree-cost-'));
  const { epsilon, l2, rate } = recipes.adam;
  const marks = [now()];
  try {
    await trainBatches(
      trainableModel(model),
      {
        shape: [size, size, 3],
        stepsPerEpoch: steps + 1,
        *from() {
          for (let step = 0; step <= steps; step += 1) yield { count: batch, images, labels };
        },
      },
      {
        ...{ steps: steps + 1, optimizer: 'adam', rate: () => rate, weightDecay: 0, l2, epsilon, seed: 0 },
        microBatch,
        ...{ checkpoint, checkpointEverySteps: steps + 2, fingerprint: 'cost' },
        input: { zeroPoint: 128, scale: 1 / 128 },
      },
      {
        signal,
        onStep: ({ step }) => {
          marks.push(now());
          progress.write(`step ${step} of ${steps + 1}\n`);
        },
      },
    );
  } finally {
    await rm(checkpoint, { recursive: true, force: true });
  }
  const parameters = model.countParams();
  model.dispose();
  // The first step makes room for all tensors.
  const taken = marks.slice(2).map((mark, index) => ({
    wall: mark.wall - marks[index + 1].wall,
    processor: mark.processor - marks[index + 1].processor,
  }));
  const medianOf = (clock: 'wall' | 'processor'): number => median(taken, (step) => step[clock]) ?? NaN;
  const secondsPerStep = medianOf('wall');
  const processorSecondsPerStep = medianOf('processor');
  return {
    ...{ variant, backend, batch, microBatch, size, parameters, secondsPerStep, processorSecondsPerStep },
    imagesPerSecond: batch / secondsPerStep,
    imagesPerCoreSecond: batch / processorSecondsPerStep,
    memoryMegabytes: process.resourceUsage().maxRSS / 1000,
  };
}
