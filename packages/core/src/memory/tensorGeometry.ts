import { elementRange, type ActivationSpec, type TensorLayout } from '@bnfree/integer-kernels';

/** A tensor as images of rows of pixels of channels; tensors that are not of rank 4 are one image of one row. */
export interface TensorGeometry {
  readonly images: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly elementBytes: number;
}

export const noHalo = { top: 0, bottom: 0, left: 0, right: 0 } as const;

export function tensorGeometry({ shape, type }: ActivationSpec): TensorGeometry {
  const elementBytes = elementRange[type].bytes;
  const channels = shape.at(-1) ?? 1;
  const [images = 1, height = 1, width = 1] = shape;
  if (shape.length === 4) return { images, height, width, channels, elementBytes };
  const pixels = shape.slice(0, -1).reduce((count, length) => count * length, 1);
  return { images: 1, height: 1, width: pixels, channels, elementBytes };
}

/** Whether the values lie one after another as in a dense tensor. */
export function isContiguous(tensor: ActivationSpec, { channelStride, halo }: TensorLayout): boolean {
  const { images, height, width, channels } = tensorGeometry(tensor);
  const hasHalo = halo.top + halo.bottom + halo.left + halo.right > 0;
  return !hasHalo && (channelStride === channels || images * height * width === 1);
}

/** A row of pixels: where it starts in a dense tensor and in memory, in bytes. */
export interface RowPosition {
  readonly dense: number;
  readonly stored: number;
}

/** Calls back for every row of pixels of a tensor, in order. */
export function forEachRow(
  tensor: ActivationSpec,
  layout: TensorLayout,
  visit: (row: RowPosition) => void,
): void {
  const { images, height, width, channels, elementBytes } = tensorGeometry(tensor);
  const { halo, channelStride } = layout;
  const rowPixels = halo.left + width + halo.right;
  for (let image = 0; image < images; image++) {
    for (let y = 0; y < height; y++) {
      const storedRow = image * (halo.top + height + halo.bottom) + halo.top + y;
      visit({
        dense: (image * height + y) * width * channels * elementBytes,
        stored: (storedRow * rowPixels + halo.left) * channelStride * elementBytes,
      });
    }
  }
}
