import { denseByteLength } from '../graph/tensorSize.js';
import { readChunk, writeChunk, type Execution } from './execution.js';
import type { ImageBatch } from './modelInput.js';

/** Some images of a batch that go through the layers together. */
export interface Chunk {
  readonly first: number;
  readonly count: number;
}

/** Cuts a number of images into chunks of at most the plan's batch size. */
export function chunksOf({ plan }: Execution, count: number): Chunk[] {
  const { batchSize } = plan;
  return Array.from({ length: Math.ceil(count / batchSize) }, (_, chunk) => ({
    first: chunk * batchSize,
    count: Math.min(batchSize, count - chunk * batchSize),
  }));
}

/** Runs every image of a batch; returns the dense bytes of every output. */
export async function runChunks(execution: Execution, batch: ImageBatch): Promise<Uint8Array[]> {
  const results = allocateResults(execution, batch.count);
  for (const { first, count } of chunksOf(execution, batch.count)) {
    writeChunk(execution, batch.tensors, first, count);
    await execution.sequence.run();
    readChunk(execution, results, first, count);
  }
  return results;
}

/** The same without waiting, where every kernel can; see `canRunSync`. */
export function runChunksSync(execution: Execution, batch: ImageBatch): Uint8Array[] {
  const results = allocateResults(execution, batch.count);
  for (const { first, count } of chunksOf(execution, batch.count)) {
    writeChunk(execution, batch.tensors, first, count);
    execution.sequence.runSync?.();
    readChunk(execution, results, first, count);
  }
  return results;
}

/** Whether no worker or device stands behind any kernel. */
export function canRunSync({ sequence }: Execution): boolean {
  return 'runSync' in sequence;
}

/** Dense bytes of every output for a number of images. */
export function allocateResults({ outputs, plan }: Execution, count: number): Uint8Array[] {
  return outputs.map(({ tensor }) => new Uint8Array((denseByteLength(tensor) / plan.batchSize) * count));
}
