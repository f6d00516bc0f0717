import { IntegerModel, sha256Hex, type ModelDescription, type ModelSource } from '@bnfree/core';
import { photographWays, type PhotographWay, type PhotographWayName } from './photographWays.js';

/** What came of a model in one way. */
export interface PhotographDigest {
  /** SHA-256 of the logits (int32, little-endian) of the first photographs, by their number. */
  readonly sha256: Readonly<Record<number, string>>;
  readonly memory: ModelDescription['memory'];
  readonly seconds: number;
}

/** Loads a model in one way and runs it on the first photographs, as many as any of `counts`; throws where that is not possible. */
export async function digestPhotographs(
  source: ModelSource,
  pixels: Uint8Array,
  counts: readonly number[],
  name: PhotographWayName,
): Promise<PhotographDigest> {
  const way: PhotographWay = photographWays[name];
  const backend = way.open();
  const model = await IntegerModel.load(source, { backend, batchSize: way.batchSize });
  const [{ tensor }] = model.graph.inputs;
  const imageBytes = tensor.shape.reduce((product, size) => product * size, 1);
  const start = performance.now();
  const largest = Math.max(...counts);
  const { output } = await model.run(pixels.subarray(0, largest * imageBytes));
  const seconds = (performance.now() - start) / 1000;
  const { memory } = model.describe();
  const { threads } = backend.capabilities;
  await model.dispose();
  await backend.dispose();
  if (way.threads !== undefined && threads !== way.threads) {
    throw new Error(`got ${threads} threads, expected ${way.threads}`);
  }
  const digests = counts.map((count) => {
    return [count, sha256Hex(output.subarray(0, (output.length / largest) * count))] as const;
  });
  return { sha256: Object.fromEntries(digests), memory, seconds };
}
