import { stat } from 'node:fs/promises';
import { BnfreeError } from '@bnfree/core';
import {
  type ImageSet,
  type LabelOptions,
  openImageFolder,
  openImageShards,
} from '@bnfree/models-alexnet/images';

/** Opens what a flag names: one folder that has a folder a class, or tar shards. */
export async function openImageSource(
  flag: string,
  paths: readonly string[],
  options: LabelOptions,
): Promise<ImageSet> {
  const folders = await Promise.all(
    paths.map((path) =>
      stat(path).then(
        (found) => found.isDirectory(),
        () => false,
      ),
    ),
  );
  if (!folders.includes(true)) return openImageShards(paths, options);
  if (paths.length === 1) return openImageFolder(paths[0], options);
  throw new BnfreeError([
    {
      code: 'INVALID_FLAG',
      path: flag,
      message: `got ${paths.length} paths with a folder among them, expected one folder or tar files alone`,
      fix: `${flag} ${paths[folders.indexOf(true)]}`,
    },
  ]);
}
