import { type ActivationSpec, elementRange } from '../activation.js';
import type { LayoutRequest, TensorLayout } from '../backend.js';

/** The shape and type of a tensor, all that its place in memory depends on. */
export type TensorShape = Pick<ActivationSpec, 'shape' | 'type'>;

const noHalo = { top: 0, bottom: 0, left: 0, right: 0 } as const;

/** The request that leaves nothing to wish for: dense. */
export const denseRequest: LayoutRequest = {
  channelMultiple: 1,
  halo: noHalo,
  haloValue: null,
  tailBytes: 0,
};

/** The layout without holes: values one after the other in row-major order. */
export function denseLayout({ shape }: TensorShape): TensorLayout {
  return { channelStride: lastAxis(shape), halo: noHalo, tailBytes: 0 };
}

/** The layout that grants a request in full. Only tensors of rank 4 have a halo. */
export function requestedLayout({ shape }: TensorShape, request: LayoutRequest): TensorLayout {
  const { channelMultiple, halo, tailBytes } = request;
  return {
    channelStride: Math.ceil(lastAxis(shape) / channelMultiple) * channelMultiple,
    halo: shape.length === 4 ? halo : noHalo,
    tailBytes,
  };
}

/** Bytes from the start of a tensor's halo to the end of its tail. */
export function tensorByteLength(tensor: TensorShape, layout: TensorLayout): number {
  return (
    pixelCount(tensor.shape, layout) * layout.channelStride * elementRange[tensor.type].bytes +
    layout.tailBytes
  );
}

/** Where the values of a tensor lie, in elements. */
export interface TensorStrides {
  /** Elements from the start of the view to the first value. */
  readonly origin: number;
  /** Elements from one index to the next, for every axis. */
  readonly strides: readonly number[];
}

/** Origin and strides of a tensor in a layout. */
export function tensorStrides({ shape }: TensorShape, { channelStride, halo }: TensorLayout): TensorStrides {
  if (shape.length === 4) {
    const row = channelStride * (halo.left + shape[2] + halo.right);
    const image = row * (halo.top + shape[1] + halo.bottom);
    return { origin: row * halo.top + channelStride * halo.left, strides: [image, row, channelStride, 1] };
  }
  const strides = new Array<number>(shape.length).fill(1);
  let step = channelStride;
  for (let axis = shape.length - 2; axis >= 0; axis -= 1) {
    strides[axis] = step;
    step *= shape[axis];
  }
  return { origin: 0, strides };
}

/** Channels of a tensor: the size of its last axis. */
function lastAxis(shape: readonly number[]): number {
  return shape[shape.length - 1];
}

function pixelCount(shape: readonly number[], { halo }: TensorLayout): number {
  if (shape.length === 4) {
    return shape[0] * (halo.top + shape[1] + halo.bottom) * (halo.left + shape[2] + halo.right);
  }
  return shape.slice(0, -1).reduce((product, size) => product * size, 1);
}
