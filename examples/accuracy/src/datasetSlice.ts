import type { ImageDataset } from '@bnfree/models-alexnet';

/** The images `first .. last - 1`, without a copy. */
export function datasetSlice(
  { shape, images, labels }: ImageDataset,
  first: number,
  last: number,
): ImageDataset {
  const bytes = shape[0] * shape[1] * shape[2];
  return {
    count: last - first,
    shape,
    images: images.subarray(first * bytes, last * bytes),
    labels: labels.subarray(first, last),
  };
}
