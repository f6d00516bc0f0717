import { elementRange, type ActivationSpec } from '../activation.js';
import type { TensorLayout } from '../backend.js';
import { add, multiply, quotient, remainder, type Value } from './emitter/index.js';

/** Where the values of a tensor lie, in the numbers that address code needs. */
export interface Geometry {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly elementBytes: number;
  /** Bytes from one pixel to the next. */
  readonly pixelBytes: number;
  /** Pixels of a stored row, halo included. */
  readonly rowPixels: number;
  /** Rows of a stored image, halo included. */
  readonly imageRows: number;
  /** Pixels before the first value. */
  readonly originPixels: number;
  /** Bytes behind the last value that may be read. */
  readonly tailBytes: number;
}

/** Rank 4 is an image batch; of any other rank the last axis is the channels and the rest one row of pixels. */
export function geometryOf(
  { shape, type }: ActivationSpec,
  { channelStride, halo, tailBytes }: TensorLayout,
): Geometry {
  const isImage = shape.length === 4;
  const channels = shape[shape.length - 1];
  const pixels = shape.slice(0, -1).reduce((product, size) => product * size, 1);
  const [batch, height, width] = isImage ? [shape[0], shape[1], shape[2]] : [1, 1, pixels];
  const { top, bottom, left, right } = isImage ? halo : { top: 0, bottom: 0, left: 0, right: 0 };
  const elementBytes = elementRange[type].bytes;
  const rowPixels = left + width + right;
  return {
    batch,
    height,
    width,
    channels,
    elementBytes,
    pixelBytes: channelStride * elementBytes,
    rowPixels,
    imageRows: top + height + bottom,
    originPixels: top * rowPixels + left,
    tailBytes,
  };
}

/** A part of a tensor, and the bytes from the tensor's start that its channels are moved by. */
export interface Slice {
  readonly geometry: Geometry;
  readonly byteOffset: number;
}

/** The indices `start .. start + size - 1` along an axis but the first. */
export function slice(
  spec: ActivationSpec,
  layout: TensorLayout,
  axis: number,
  start: number,
  size: number,
): Slice {
  const { shape } = spec;
  const whole = geometryOf(spec, layout);
  if (axis === shape.length - 1) {
    return { geometry: { ...whole, channels: size }, byteOffset: start * whole.elementBytes };
  }
  if (shape.length === 4) {
    const { rowPixels, originPixels } = whole;
    const geometry =
      axis === 1
        ? { ...whole, height: size, originPixels: originPixels + start * rowPixels }
        : { ...whole, width: size, originPixels: originPixels + start };
    return { geometry, byteOffset: 0 };
  }
  // No image, hence no halo: the axis takes the place of the rows.
  const between = (from: number, to: number): number =>
    shape.slice(from, to).reduce((product, length) => product * length, 1);
  const width = between(axis + 1, -1);
  const geometry = {
    ...whole,
    batch: between(0, axis),
    height: size,
    width,
    rowPixels: width,
    imageRows: shape[axis],
    originPixels: start * width,
  };
  return { geometry, byteOffset: 0 };
}

/** Number of pixels that hold values. */
export function pixelCount({ batch, height, width }: Geometry): number {
  return batch * height * width;
}

/** Whether pixel follows pixel without a gap. */
export function hasNoHalo({ height, width, rowPixels, imageRows }: Geometry): boolean {
  return rowPixels === width && imageRows === height;
}

/** Whether value follows value without a gap, from the first value on. */
export function isDense({
  batch,
  height,
  width,
  channels,
  elementBytes,
  pixelBytes,
  rowPixels,
  imageRows,
}: Geometry): boolean {
  const isRowDense = pixelBytes === channels * elementBytes && rowPixels === width;
  return isRowDense && (batch === 1 || imageRows === height);
}

/** Bytes from one stored row to the next. */
export function rowBytes({ rowPixels, pixelBytes }: Geometry): number {
  return rowPixels * pixelBytes;
}

/** Rows of work that walk a tensor: `perImage` of them an image, `step` stored rows apart. */
export interface RowWalk {
  readonly perImage: number;
  readonly step: number;
}

/** Address of the first value of a row among the rows of all images, as code; `offset` bytes from there. */
export function rowAddress(
  base: Value<'i32'>,
  geometry: Geometry,
  row: Value<'i32'>,
  { perImage, step }: RowWalk = { perImage: geometry.height, step: 1 },
  offset = 0,
): Value<'i32'> {
  const { batch, imageRows, originPixels, pixelBytes } = geometry;
  const start = add(base, originPixels * pixelBytes + offset);
  const between = imageRows - perImage * step;
  const bytes = rowBytes(geometry);
  const address = add(start, multiply(row, step * bytes));
  if (batch === 1 || between === 0) return address;
  return add(address, multiply(quotient(row, perImage), between * bytes));
}

/** Address of a pixel, as code. The pixel's value is written several times: it should be a local. */
export function pixelAddress(base: Value<'i32'>, geometry: Geometry, pixel: Value<'i32'>): Value<'i32'> {
  const { height, width, imageRows, rowPixels, originPixels, pixelBytes } = geometry;
  if (hasNoHalo(geometry)) return add(base, multiply(pixel, pixelBytes));
  const row = quotient(pixel, width);
  const image = quotient(pixel, width * height);
  const storedRow = add(multiply(image, imageRows), remainder(row, height));
  const stored = add(multiply(storedRow, rowPixels), remainder(pixel, width));
  return add(add(base, originPixels * pixelBytes), multiply(stored, pixelBytes));
}
