import { IntegerModel, sha256Hex } from '@bnfree/core';
import { wasmBackend } from '@bnfree/integer-kernels';
import type { ImageDataset } from '@bnfree/models-alexnet';

/** What a model says of some images. */
export interface ModelAnswers {
  /** SHA-256 of all logits: the same in every browser and in Node, or something is wrong. */
  readonly logitsSha256: string;
  readonly correct: number;
  readonly count: number;
}

/** Runs an integer model over images; the same code in a page and in Node. */
export async function runModel(artifact: Uint8Array, data: ImageDataset): Promise<ModelAnswers> {
  const backend = wasmBackend({ threads: 1 });
  const model = await IntegerModel.load(artifact, { backend });
  try {
    const { output } = await model.run(data.images);
    const classes = output.length / data.count;
    const correct = data.labels.reduce((sum, label, index) => {
      const scores = Array.from(output.subarray(index * classes, (index + 1) * classes));
      return sum + Number(scores.indexOf(Math.max(...scores)) === label);
    }, 0);
    const bytes = new Uint8Array(output.buffer, output.byteOffset, output.byteLength);
    return { logitsSha256: sha256Hex(bytes), correct, count: data.count };
  } finally {
    await model.dispose();
    await backend.dispose();
  }
}
