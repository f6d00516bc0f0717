import type * as tf from '@tensorflow/tfjs-core';

/** Numbers nested to any depth, in row-major order. */
export type NestedNumbers = readonly (number | NestedNumbers)[];

/** Whole numbers on the host or in a tensor. */
export type NumberSource =
  | Uint8Array
  | Uint8ClampedArray
  | Int8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array
  | NestedNumbers
  | tf.Tensor;

/** Pixels of the only input, or of several by name. */
export type PixelSource = NumberSource | Readonly<Record<string, NumberSource>>;

/** Stored pixels of one or more images, alone or with their labels under the names of tf.data or plain ones. */
export type ImageItem =
  | NumberSource
  | {
      readonly images: PixelSource;
      readonly labels?: NumberSource | number | null;
      /** Number of the images, where it is at hand; it must be right. */
      readonly count?: number;
    }
  | { readonly xs: PixelSource; readonly ys?: NumberSource | number | null };

/** What tf.data's Dataset offers, and nothing more of it. */
export interface DatasetLike {
  iterator(): Promise<{
    next(): Promise<{ value: unknown; done?: boolean | undefined }>;
    return?(): unknown;
  }>;
}

/** Everything that {@link openImages} reads. */
export type ImageSource = ImageItem | Iterable<ImageItem> | AsyncIterable<ImageItem> | DatasetLike;

/** Whether a value is a tfjs tensor, of whichever copy of tfjs. */
export function isTensor(value: unknown): value is tf.Tensor {
  return (
    isObject(value) &&
    typeof value['dtype'] === 'string' &&
    Array.isArray(value['shape']) &&
    typeof value['data'] === 'function'
  );
}

export function isObject(value: unknown): value is Readonly<Record<PropertyKey, unknown>> {
  return typeof value === 'object' && value !== null;
}
