import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeArtifact, withSelfTest } from '@bnfree/core';
import { digestModel } from './digestModel.js';
import { modelList } from './modelList.js';

/** A model in a folder, and what the reference gives for it. */
export interface StoredModel {
  readonly name: string;
  readonly file: string;
  readonly images: number;
  readonly sha256: string;
}

const listFile = 'models.json';

/** Writes artifacts, and the list of them with the digests of the reference on this engine. */
export async function writeModels(folder: string, randomGraphs: number): Promise<StoredModel[]> {
  const stored: StoredModel[] = [];
  for (const { name, graph, images } of modelList(randomGraphs)) {
    const bytes = encodeArtifact(await withSelfTest(graph));
    const file = `${name}.bnfree`;
    await writeFile(join(folder, file), bytes);
    const { sha256 } = await digestModel(bytes, images, 'reference');
    stored.push({ name, file, images, sha256 });
  }
  await writeFile(join(folder, listFile), JSON.stringify(stored));
  return stored;
}

/** The list of a folder that {@link writeModels} wrote. */
export async function readModels(folder: string): Promise<StoredModel[]> {
  return JSON.parse(await readFile(join(folder, listFile), 'utf8')) as StoredModel[];
}
