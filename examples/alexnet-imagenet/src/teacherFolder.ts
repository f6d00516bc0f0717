import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BnfreeError, writeWholeFile } from '@bnfree/core';
import { loadTeacher, pixelTransform, type PixelTransform } from '@bnfree/models-alexnet';
import type { LayersModel } from '@tensorflow/tfjs-layers';

/** A teacher, and what its outputs mean. */
export interface NamedTeacher {
  readonly model: LayersModel;
  readonly classes: readonly string[];
  /** Height and width of its images. */
  readonly size: number;
  /** What stored pixels are to it. */
  readonly input: PixelTransform;
}

const classFile = 'classes.json';

/** Writes the class names beside a teacher's files. */
export async function writeClasses(folder: string, classes: readonly string[]): Promise<void> {
  await writeWholeFile(join(folder, classFile), `${JSON.stringify(classes, undefined, 2)}\n`);
}

/**
 * Loads what `train` or `convert` wrote into a folder.
 *
 * @throws BnfreeError TEACHER_MISSING, TEACHER_DAMAGED
 */
export async function readTeacher(folder: string): Promise<NamedTeacher> {
  const model = await loadTeacher({ baseUrl: folder, digests: null });
  const path = join(folder, classFile);
  const classes: unknown = await readFile(path, 'utf8')
    .then((text) => JSON.parse(text) as unknown)
    .catch(() => null);
  const [, outputs] = model.outputs[0].shape;
  if (!Array.isArray(classes) || classes.length !== outputs) {
    const message = `got no list of ${outputs} class names`;
    const fix = `pnpm -s imagenet train --out ${folder}`;
    throw new BnfreeError([{ code: 'TEACHER_DAMAGED', path, message, fix }]);
  }
  const [, size = 0] = model.inputs[0].shape;
  return { model, classes: classes as string[], size: size as number, input: pixelTransform(model) };
}
