import { distillLayerwise, type DistillOptions, type DistillResult } from '../src/index.js';
import { fewImages, tinyImages, tinyTeacher } from './tinyTeacher.js';

/** Distils a tiny teacher on few images, without a baseline, unless the options say otherwise. The model is disposed. */
export async function distilTiny(
  options: DistillOptions,
  { teacher = tinyTeacher(), images = 80 } = {},
): Promise<DistillResult> {
  const result = await distillLayerwise(teacher, tinyImages(images).images, {
    ...fewImages,
    baseline: false,
    ...options,
  });
  await result.model.dispose();
  return result;
}
