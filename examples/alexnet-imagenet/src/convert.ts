import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BnfreeError } from '@bnfree/core';
import { type BackendName, saveTeacher, startBackend } from '@bnfree/example-train-teacher';
import { alexnet, type AlexnetVariant, loadWeights, torchvisionPixels } from '@bnfree/models-alexnet';
import { writeClasses } from './teacherFolder.js';

export interface ConvertFlags {
  readonly weights: string;
  readonly classes?: string;
  readonly variant: AlexnetVariant;
  readonly size?: number;
  readonly backend: BackendName;
  readonly out: string;
}

/** What a conversion says at its end. */
export interface ConvertResult {
  readonly parameters: number;
  readonly classes: number;
  readonly files: readonly string[];
}

/** Makes a teacher of torchvision's weights, whose pixels it normalizes as they were in its training. */
export async function convert(flags: ConvertFlags): Promise<ConvertResult> {
  const names = flags.classes === undefined ? null : await readNames(flags.classes);
  await startBackend(flags.backend);
  const model = alexnet({
    ...{ variant: flags.variant, batchNorm: false, pixels: torchvisionPixels, weights: 'zeros' },
    ...(names === null ? {} : { classes: names.length }),
    ...(flags.size === undefined ? {} : { inputSize: flags.size }),
  });
  await loadWeights(model, flags.weights);
  const count = model.outputs[0].shape[1] as number;
  const saved = await saveTeacher(model, flags.out);
  await writeClasses(flags.out, names ?? Array.from({ length: count }, (_, index) => String(index)));
  const parameters = model.countParams();
  model.dispose();
  const files = [saved.model.path, saved.weights.path, join(flags.out, 'classes.json')];
  return { parameters, classes: count, files };
}

/** The lines of a text file. */
async function readNames(path: string): Promise<string[]> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    const message = `cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`;
    const fix = 'ls imagenet/train > classes.txt';
    throw new BnfreeError([{ code: 'INVALID_FLAG', path: `--classes ${path}`, message, fix }], { cause });
  });
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
