import { divideUnsigned, prepareDivisor } from '../arithmetic/divide.js';
import type { TensorView } from '../memory/tensorView.js';
import type { DepthwiseConv2dOp } from '../ops/depthwiseConv2d.js';

/** Rows of an image that a window sees at one output row, as words. */
export interface RowSizes {
  /** Rows that are kept. */
  readonly rows: number;
  /** Pixels of a row, padding included. */
  readonly width: number;
  /** Words of a pixel: its channels, each as often as it has output channels. */
  readonly channels: number;
}

/** The rows of one output row. */
export interface WindowRows {
  /** First word of the pixel that each tap sees at the first output column; overwritten by `load`. */
  readonly taps: Int32Array;
  /** Makes the rows of an output row available. Starts anew at row 0. */
  load(n: number, y: number): void;
}

/** Sizes of the rows that a depthwise convolution keeps. */
export function rowSizes({ output, strides, dilations, weights: { shape } }: DepthwiseConv2dOp): RowSizes {
  const [channels, kernelHeight, kernelWidth] = shape;
  const lastStart = Math.imul(output.shape[2] - 1, strides[1]);
  return {
    rows: Math.imul(kernelHeight, dilations[0]),
    width: lastStart + Math.imul(kernelWidth - 1, dilations[1]) + 1,
    channels,
  };
}

/**
 * Prepares to keep the rows of an image that a window sees, as differences from the zero point, with their padding.
 *
 * A row stays where it is until the window has left it: row `r` of the padded image lies at `r` modulo the rows that are kept.
 */
export function prepareWindowRows(
  op: DepthwiseConv2dOp,
  input: TensorView,
  words: Int32Array,
  start: number,
): WindowRows {
  const { strides, dilations, padding, channelMultiplier } = op;
  const [{ shape, zeroPoint }] = op.inputs;
  const [, height, inputWidth, inputChannels] = shape;
  const [, kernelHeight, kernelWidth] = op.weights.shape;
  const { rows, width, channels } = rowSizes(op);
  const rowWords = Math.imul(width, channels);
  const left = Math.min(padding.left, width);
  const inside = Math.min(inputWidth, width - left);
  const outsideValue = padding.value - zeroPoint;
  const divisor = prepareDivisor(rows);
  const held = new Int32Array(rows);
  const taps = new Int32Array(Math.imul(kernelHeight, kernelWidth));

  const copyRow = (source: number, row: number): void => {
    const first = row + Math.imul(left, channels);
    const end = first + Math.imul(inside, channels);
    words.fill(outsideValue, row, first);
    for (let next = first; next < end; source += input.strides[2]) {
      for (let i = 0; i < inputChannels; i += 1) {
        const value = input.data[source + i] - zeroPoint;
        for (let copy = 0; copy < channelMultiplier; copy += 1, next += 1) words[next] = value;
      }
    }
    words.fill(outsideValue, end, row + rowWords);
  };

  const load = (n: number, y: number): void => {
    if (y === 0) held.fill(-1);
    const image = input.origin + Math.imul(n, input.strides[0]);
    for (let ky = 0, tap = 0; ky < kernelHeight; ky += 1) {
      const padded = Math.imul(y, strides[0]) + Math.imul(ky, dilations[0]);
      const slot = padded - Math.imul(divideUnsigned(padded, divisor), rows);
      const row = start + Math.imul(slot, rowWords);
      if (held[slot] !== padded) {
        held[slot] = padded;
        const inputY = padded - padding.top;
        if (inputY >= 0 && inputY < height) copyRow(image + Math.imul(inputY, input.strides[1]), row);
        else words.fill(outsideValue, row, row + rowWords);
      }
      for (let kx = 0; kx < kernelWidth; kx += 1, tap += 1) {
        taps[tap] = row + Math.imul(Math.imul(kx, dilations[1]), channels);
      }
    }
  };
  return { taps, load };
}
