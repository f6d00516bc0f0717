import { IntegerModel } from '@bnfree/core';
import { wasmBackend } from '@bnfree/integer-kernels';
import type { ImageDataset } from '@bnfree/models-alexnet';
import { datasetSlice } from '../datasetSlice.js';

const imagesPerCall = 40;

/** Which test images an artifact puts into their class, on the integer kernels: one 0 or 1 an image. */
export async function rightImages(artifact: Uint8Array, test: ImageDataset): Promise<Uint8Array> {
  const backend = wasmBackend();
  const model = await IntegerModel.load(artifact, { backend, batchSize: 8 });
  const right = new Uint8Array(test.count);
  try {
    for (let first = 0; first < test.count; first += imagesPerCall) {
      const part = datasetSlice(test, first, Math.min(test.count, first + imagesPerCall));
      const { output } = await model.run(part.images);
      const classes = output.length / part.count;
      part.labels.forEach((label, index) => {
        const scores = Array.from(output.subarray(index * classes, (index + 1) * classes));
        right[first + index] = scores.indexOf(Math.max(...scores)) === label ? 1 : 0;
      });
    }
  } finally {
    await model.dispose();
    await backend.dispose();
  }
  return right;
}
