import type { ImageDataset } from '@bnfree/models-alexnet';

/** How the server packs images: their labels, then their pixels, behind two headers. */
export const imageHeaders = { count: 'x-image-count', shape: 'x-image-shape' } as const;

/** One message of images, as the server sends it. */
export function packImages({ count, images, labels }: ImageDataset): Uint8Array {
  const bytes = new Uint8Array(count + images.length);
  bytes.set(labels);
  bytes.set(images, count);
  return bytes;
}

/** Fetches the first `count` images of a part of the data. */
export async function fetchImages(split: 'train' | 'test', count: number): Promise<ImageDataset> {
  const response = await fetch(`/images/${split}?count=${count}`);
  if (!response.ok) throw new Error(`/images/${split}: HTTP ${response.status}`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  const sent = Number(response.headers.get(imageHeaders.count));
  const [height, width, channels] = (response.headers.get(imageHeaders.shape) ?? '').split(',').map(Number);
  return {
    count: sent,
    shape: [height, width, channels],
    labels: bytes.slice(0, sent),
    images: bytes.slice(sent),
  };
}
