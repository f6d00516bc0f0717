import { join } from 'node:path';
import { writeArtifact, writeWholeFile } from '@bnfree/core';
import { distillLayerwise, type DistillEvent, makeFolder } from '@bnfree/distill';
import { type BackendName, startBackend } from '@bnfree/example-train-teacher';
import { type DecoderName, imageBatches } from '@bnfree/models-alexnet/images';
import type { CommandContext } from './commandContext.js';
import { DistilCost, type LayerCost } from './distilCost.js';
import { openImageSource } from './openImageSource.js';
import { now } from './processorClock.js';
import { readTeacher } from './teacherFolder.js';

export interface DistilFlags {
  readonly teacher: string;
  readonly images: readonly string[];
  readonly count: number;
  readonly weightBits: number;
  readonly activationBits: number;
  readonly fitSteps: number;
  readonly batch: number;
  readonly seed: number;
  readonly backend: BackendName;
  readonly workers?: number;
  readonly decoder: DecoderName;
  readonly out: string;
}

/** What a distillation says at its end. */
export interface DistilResult {
  readonly artifact: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly layers: readonly { readonly name: string; readonly sqnrDb: number }[];
  /** Images that were left out, and why. */
  readonly damaged: readonly string[];
  readonly seconds: number;
  /** Held-out images, of all that were read. */
  readonly heldOut: number;
  /** Processor seconds, and where they went. */
  readonly processorSeconds: number;
  readonly costs: readonly LayerCost[];
  /** Largest memory of the process. */
  readonly memoryMegabytes: number;
}

/** Distils a teacher into an integer model on a random part of its training images; labels are not used. */
export async function distil(
  flags: DistilFlags,
  { signal, progress }: CommandContext,
): Promise<DistilResult> {
  const start = now();
  const cost = new DistilCost();
  const set = await openImageSource('--images', flags.images, { labels: false });
  await startBackend(flags.backend);
  const { model: teacher, classes, size, input } = await readTeacher(flags.teacher);
  const { seed, batch: batchSize } = flags;
  const images = imageBatches(set, {
    ...{ size, seed, signal, flip: true, shuffle: true, decoder: flags.decoder },
    ...(flags.workers === undefined ? {} : { workers: flags.workers }),
    onDamaged: ({ name, reason }) => progress.write(`damaged: ${name}: ${reason}\n`),
  });
  const result = await distillLayerwise(teacher, images, {
    bits: { weights: flags.weightBits, activations: flags.activationBits },
    fit: { steps: flags.fitSteps },
    maxImages: flags.count,
    checkpoint: join(flags.out, 'checkpoint'),
    baseline: false,
    onEvent: (event) => {
      cost.hear(event);
      writeEvent(event, progress);
    },
    ...{ input, classes, batchSize, seed, signal },
  });
  await result.model.dispose();
  teacher.dispose();
  await makeFolder(flags.out);
  const artifact = join(flags.out, 'model.bnfree');
  const { sha256 } = await writeArtifact(artifact, result.artifact);
  await writeWholeFile(join(flags.out, 'report.json'), `${JSON.stringify(result.report, undefined, 2)}\n`);
  return {
    artifact,
    sha256,
    bytes: result.artifact.length,
    layers: result.report.layers.map(({ name, sqnrDb }) => ({ name, sqnrDb })),
    damaged: [...set.damaged, ...images.damaged].map(({ name, reason }) => `${name}: ${reason}`),
    seconds: now().wall - start.wall,
    heldOut: result.report.validation.images,
    processorSeconds: now().processor - start.processor,
    costs: cost.layers,
    memoryMegabytes: process.resourceUsage().maxRSS / 1000,
  };
}

function writeEvent(event: DistillEvent, progress: CommandContext['progress']): void {
  if (event.type === 'warning')
    progress.write(`${event.issue.code} ${event.issue.path}: ${event.issue.message}\n`);
  if (event.type === 'step' && event.step % 50 === 0) {
    progress.write(
      `${event.layer} ${event.pass} ${event.step}/${event.steps} loss ${event.loss.toFixed(5)}\n`,
    );
  }
  if (event.type !== 'layer-end') return;
  const { layer, index, count, sqnrDb, restored } = event;
  progress.write(
    `${layer} (${index + 1} of ${count}): ${sqnrDb.toFixed(1)} dB${restored ? ', from the checkpoint' : ''}\n`,
  );
}
