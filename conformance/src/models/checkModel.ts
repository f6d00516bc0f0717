import type { ModelSource } from '@bnfree/core';
import { digestModel, type ModelWay } from './digestModel.js';
import type { StoredModel } from './modelFolder.js';

/** What is wrong with a model on this engine, in words; undefined where all bytes are those of the reference. */
export async function checkModel(
  source: ModelSource,
  { images, sha256 }: Pick<StoredModel, 'images' | 'sha256'>,
  way: ModelWay,
  threads?: number,
): Promise<string | undefined> {
  try {
    const digest = await digestModel(source, images, way);
    if (digest.sha256 !== sha256) return `got outputs ${digest.sha256}, expected ${sha256}`;
    if (!digest.passesSelfTest) return 'got other bytes in the self-test, expected those in the file';
    if (threads !== undefined && digest.threads !== threads) {
      return `got ${digest.threads} threads, expected ${threads}`;
    }
    return undefined;
  } catch (error) {
    return `got ${String(error)}, expected a result`;
  }
}
