import type { Arena, OperandView } from '../backend.js';
import { elementCount } from '../checks/checkShape.js';
import type { TensorShape } from './tensorLayout.js';
import { type TensorValues, pixelStarts, tensorView, valueArrays } from './tensorView.js';

/** Copies dense values into a tensor. Halo, padded channels and tail stay as they are. */
export function writeTensor(
  arena: Arena,
  tensor: TensorShape,
  view: OperandView,
  values: ArrayLike<number>,
): void {
  const target = tensorView(arena, tensor, view);
  const channels = tensor.shape[tensor.shape.length - 1];
  let next = 0;
  for (const start of pixelStarts(tensor.shape, target)) {
    for (let channel = 0; channel < channels; channel += 1) target.data[start + channel] = values[next++];
  }
}

/** The values of a tensor, dense, in a copy. */
export function readTensor(arena: Arena, tensor: TensorShape, view: OperandView): TensorValues {
  const source = tensorView(arena, tensor, view);
  const channels = tensor.shape[tensor.shape.length - 1];
  const values = new valueArrays[tensor.type](elementCount(tensor.shape));
  let next = 0;
  for (const start of pixelStarts(tensor.shape, source)) {
    for (let channel = 0; channel < channels; channel += 1) values[next++] = source.data[start + channel];
  }
  return values;
}

/** Fills the halo of a tensor of rank 4, all channels of it; does nothing where there is none. */
export function fillHalo(arena: Arena, tensor: TensorShape, view: OperandView, value: number): void {
  const { shape } = tensor;
  if (shape.length !== 4) return;
  const [batch, height, width] = shape;
  const { data, strides } = tensorView(arena, tensor, view);
  const [image, row, pixel] = strides;
  const { top, bottom, left, right } = view.layout.halo;
  const fill = (start: number, length: number): void => {
    data.fill(value, start, start + length);
  };
  for (let n = 0; n < batch; n += 1) {
    fill(n * image, top * row);
    for (let y = top; y < top + height; y += 1) {
      fill(n * image + y * row, left * pixel);
      fill(n * image + y * row + (left + width) * pixel, right * pixel);
    }
    fill(n * image + (top + height) * row, bottom * row);
  }
}
