import { backend_util } from '@tensorflow/tfjs-core';
import type { MaxPoolGradAttrs, NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';
import type { TrainingKernel } from '../trainingKernel.js';
import type { WasmTensors } from '../wasmTensors.js';

type PoolGeometry = ReturnType<typeof backend_util.computePool2DInfo>;

/**
 * The gradient of max pooling, to the first maximum of each window.
 *
 * The stock kernel starts its maximum at the smallest positive float, so that a window without a positive value
 * loses its gradient, and it gives ties to the last maximum where the cpu backend gives them to the first.
 * This one starts at the window's own first value and does as the cpu backend does.
 */
export const maxPoolGrad: TrainingKernel = {
  kernelName: 'MaxPoolGrad',
  reason: 'wrong',
  build:
    () =>
    ({ inputs, attrs, backend }) => {
      const { dy, input } = inputs as { dy: TensorInfo; input: TensorInfo };
      const { filterSize, strides, pad, dimRoundingMode } = attrs as NamedAttrMap & MaxPoolGradAttrs;
      const shape = input.shape as [number, number, number, number];
      const geometry = backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
      const tensors = backend as WasmTensors;
      const dx = tensors.makeOutput(input.shape, 'float32');
      // After the allocation, which may detach views.
      const [dxView, dyView, inputView] = [dx, dy, input].map((t) => tensors.typedArrayFromHeap(t)) as [
        Float32Array,
        Float32Array,
        Float32Array,
      ];
      dxView.fill(0);
      spreadGradient(dxView, dyView, inputView, geometry);
      return dx;
    },
};

function spreadGradient(
  dx: Float32Array,
  dy: Float32Array,
  input: Float32Array,
  geometry: PoolGeometry,
): void {
  const { batchSize, inChannels: channels, inHeight, inWidth, outHeight, outWidth } = geometry;
  const { strideHeight, strideWidth, filterHeight, filterWidth, padInfo } = geometry;
  const maxima = new Float32Array(channels);
  const positions = new Int32Array(channels);
  let output = 0;
  for (let image = 0; image < batchSize; image++) {
    for (let outRow = 0; outRow < outHeight; outRow++) {
      const firstRow = Math.max(0, outRow * strideHeight - padInfo.top);
      const endRow = Math.min(inHeight, outRow * strideHeight - padInfo.top + filterHeight);
      for (let outColumn = 0; outColumn < outWidth; outColumn++) {
        const firstColumn = Math.max(0, outColumn * strideWidth - padInfo.left);
        const endColumn = Math.min(inWidth, outColumn * strideWidth - padInfo.left + filterWidth);
        const window = { firstRow, endRow, firstColumn, endColumn };
        if (firstRow < endRow && firstColumn < endColumn) {
          findMaxima(maxima, positions, input, image * inHeight, inWidth, window);
          for (let channel = 0; channel < channels; channel++) {
            const position = positions[channel];
            dx[position] = dx[position] + dy[output + channel];
          }
        }
        output += channels;
      }
    }
  }
}

interface Window {
  readonly firstRow: number;
  readonly endRow: number;
  readonly firstColumn: number;
  readonly endColumn: number;
}

/** Finds each channel's first maximum in a window: its value and its position in `input`. */
function findMaxima(
  maxima: Float32Array,
  positions: Int32Array,
  input: Float32Array,
  imageRow: number,
  inWidth: number,
  { firstRow, endRow, firstColumn, endColumn }: Window,
): void {
  const channels = maxima.length;
  const start = ((imageRow + firstRow) * inWidth + firstColumn) * channels;
  for (let channel = 0; channel < channels; channel++) {
    maxima[channel] = input[start + channel];
    positions[channel] = start + channel;
  }
  for (let row = firstRow; row < endRow; row++) {
    for (let column = firstColumn; column < endColumn; column++) {
      const base = ((imageRow + row) * inWidth + column) * channels;
      for (let channel = 0; channel < channels; channel++) {
        const value = input[base + channel];
        if (value > maxima[channel]) {
          maxima[channel] = value;
          positions[channel] = base + channel;
        }
      }
    }
  }
}
