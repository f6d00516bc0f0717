import { unpackWeights } from '../packing/unpackWeights.js';
import type { Weights } from '../weights.js';
import type { AccumulatorBound } from './op.js';
import { type TapRange, type WindowAxis, distinctTapRanges } from './window.js';

/** What the worst case of a convolution depends on. */
interface BoundedConvolution {
  /** `[outputChannels, kernelHeight, kernelWidth, ...]`. */
  readonly weights: Weights;
  readonly bias: Int32Array | undefined;
  readonly vertical: WindowAxis;
  readonly horizontal: WindowAxis;
  /** Largest `|input - zeroPoint|` inside the image. */
  readonly inputMagnitude: number;
  /** `|padding value - zeroPoint|`. */
  readonly paddingMagnitude: number;
}

/**
 * Worst accumulator of a convolution, exact.
 *
 * Per output channel and window position: inside taps count with the largest input, padded taps with the padding. Positions
 * differ only in which taps are inside, always a rectangle of the kernel, whose weights a summed-area table gives.
 */
export function convolutionBound(convolution: BoundedConvolution): AccumulatorBound {
  const { weights, bias, inputMagnitude, paddingMagnitude } = convolution;
  const [channels, kernelHeight, kernelWidth] = weights.shape;
  const rows = distinctTapRanges(convolution.vertical);
  const columns = distinctTapRanges(convolution.horizontal);
  const values = unpackWeights(weights);
  const rowLength = values.length / channels;
  let worst: AccumulatorBound = { magnitude: -1, channel: 0 };
  for (let channel = 0; channel < channels; channel += 1) {
    const row = values.subarray(channel * rowLength, (channel + 1) * rowLength);
    const sums = summedArea(row, kernelHeight, kernelWidth);
    const total = sums[sums.length - 1];
    const inside = extremeRectangle(sums, kernelWidth, rows, columns, inputMagnitude >= paddingMagnitude);
    const product = inputMagnitude * inside + paddingMagnitude * (total - inside);
    const magnitude = product + Math.abs(bias?.[channel] ?? 0);
    if (magnitude > worst.magnitude) worst = { magnitude, channel };
  }
  return worst;
}

/** Summed-area table of `|weight|`, `[kernelHeight + 1, kernelWidth + 1]`, with all deeper axes added up. */
function summedArea(row: Int16Array, kernelHeight: number, kernelWidth: number): number[] {
  const depth = row.length / (kernelHeight * kernelWidth);
  const width = kernelWidth + 1;
  const sums = new Array<number>((kernelHeight + 1) * width).fill(0);
  let next = 0;
  for (let y = 1; y <= kernelHeight; y += 1) {
    let line = 0;
    for (let x = 1; x <= kernelWidth; x += 1) {
      for (const end = next + depth; next < end; next += 1) line += Math.abs(row[next]);
      sums[y * width + x] = line + sums[(y - 1) * width + x];
    }
  }
  return sums;
}

/** Largest, or smallest, sum of weights inside the image over all window positions. */
function extremeRectangle(
  sums: readonly number[],
  kernelWidth: number,
  rows: readonly TapRange[],
  columns: readonly TapRange[],
  isLargest: boolean,
): number {
  const width = kernelWidth + 1;
  const at = (y: number, x: number): number => sums[y * width + x];
  let extreme = isLargest ? -1 : Infinity;
  for (const { from: top, to: bottom } of rows) {
    for (const { from: left, to: right } of columns) {
      const sum = at(bottom, right) - at(top, right) - at(bottom, left) + at(top, left);
      extreme = isLargest ? Math.max(extreme, sum) : Math.min(extreme, sum);
    }
  }
  return extreme;
}
