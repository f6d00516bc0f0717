import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeArtifact, sha256Hex } from '@bnfree/core';
import { fullSizeModels } from './fullSizeModels.js';
import { photographCrops } from './photographCrops.js';

/** A model and its photographs in a folder. */
export interface StoredFullSizeModel {
  readonly name: string;
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
  /** Pixels of the photographs, one after another. */
  readonly photographs: string;
  readonly photographsSha256: string;
  readonly count: number;
}

/** Writes all models, and `count` photographs for each size of image. */
export async function writeFullSizeModels(
  folder: string,
  count: number,
  isTiny: boolean,
): Promise<StoredFullSizeModel[]> {
  const models = fullSizeModels(isTiny);
  const digests = new Map<number, string>();
  for (const size of new Set(models.map((model) => model.size))) {
    const pixels = await photographCrops(count, size);
    await writeFile(join(folder, `photographs-${size}.bin`), pixels);
    digests.set(size, sha256Hex(pixels));
  }
  const stored: StoredFullSizeModel[] = [];
  for (const { name, size, graph } of models) {
    const bytes = encodeArtifact(graph());
    const file = `${name.replace(' ', '-')}.bnfree`;
    await writeFile(join(folder, file), bytes);
    stored.push({
      ...{ name, file, count, bytes: bytes.length, sha256: sha256Hex(bytes) },
      photographs: `photographs-${size}.bin`,
      photographsSha256: digests.get(size) ?? '',
    });
  }
  return stored;
}
