import { type IntegerGraph, IntegerModel, type ModelArray, sha256Hex } from '@bnfree/core';
import type { KernelBackend } from '@bnfree/integer-kernels';
import { evaluateTop1, type ImageDataset, type Top1 } from '@bnfree/models-alexnet';
import type { BackendReport } from './demoReport.js';

/** What an evaluation tells and heeds. */
export interface EvaluationControl {
  readonly onProgress: (done: number, count: number) => void;
  readonly signal: AbortSignal;
}

/** Images that go through the layers together. */
const batchSize = 8;
/** Images a call: enough that the calls cost nothing, few enough that Ctrl-C is heeded soon. */
const imagesPerCall = 40;

/** Top-1 of a graph or an artifact on a backend, which stays the caller's. */
export async function measureTop1(
  student: IntegerGraph | string,
  backend: KernelBackend,
  dataset: ImageDataset,
  control: EvaluationControl,
): Promise<Top1> {
  const model = await openStudent(student, backend);
  try {
    return await evaluateTop1(model, dataset, { ...control, batchSize: imagesPerCall });
  } finally {
    await model.dispose();
  }
}

/** Digest and speed of a backend on the first `count` images. */
export async function measureBackend(
  artifact: string,
  backend: KernelBackend,
  { images, shape, ...dataset }: ImageDataset,
  control: EvaluationControl,
): Promise<BackendReport> {
  const model = await openStudent(artifact, backend);
  const imageBytes = shape[0] * shape[1] * shape[2];
  const parts: ModelArray[] = [];
  let durationMs = 0;
  try {
    for (let first = 0; first < dataset.count; first += imagesPerCall) {
      // The kernels wait for nothing: without this no signal could come in.
      await new Promise((resolve) => setImmediate(resolve));
      control.signal.throwIfAborted();
      const last = Math.min(dataset.count, first + imagesPerCall);
      const startMs = performance.now();
      parts.push((await model.run(images.subarray(first * imageBytes, last * imageBytes))).output);
      durationMs += performance.now() - startMs;
      control.onProgress(last, dataset.count);
    }
  } finally {
    await model.dispose();
  }
  return {
    name: backend.name,
    logitsSha256: digestLogits(parts),
    logitsImages: dataset.count,
    imagesPerSecond: (1000 * dataset.count) / durationMs,
    timedImages: dataset.count,
  };
}

/** SHA-256 of logits that came in parts, as little-endian int32. */
export function digestLogits(parts: readonly ModelArray[]): string {
  const values = parts.flatMap((part) => Array.from(part));
  const bytes = new Uint8Array(4 * values.length);
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => {
    view.setInt32(4 * i, value, true);
  });
  return sha256Hex(bytes);
}

async function openStudent(student: IntegerGraph | string, backend: KernelBackend): Promise<IntegerModel> {
  const options = { backend, batchSize };
  return typeof student === 'string'
    ? IntegerModel.load(student, options)
    : IntegerModel.fromGraph(student, options);
}
