import type { IntegerModel } from '@bnfree/core';
import type { ImageDataset } from '../cifar10/imageDataset.js';
import { evaluateBatches } from './evaluateBatches.js';
import type { EvaluationOptions, Top1 } from './top1.js';

/** Top-1 accuracy of an integer model whose first output are the logits. Only integers are computed and compared. */
export async function evaluateTop1(
  model: IntegerModel,
  dataset: ImageDataset,
  options: EvaluationOptions = {},
): Promise<Top1> {
  return evaluateBatches(dataset, async (images) => (await model.run(images)).output, options);
}
