import type { Tensor4D } from '@tensorflow/tfjs-core';
import { writeTensor } from './wasmTensors.js';
import type { WasmTensors } from './wasmTensors.js';

/**
 * How a strided axis falls into phases.
 *
 * Row h of an image is row q of phase r, where h + offset = stride * q + r; phases from `count` on are zero.
 */
export interface AxisPhases {
  readonly stride: number;
  readonly count: number;
  readonly offset: number;
  /** Rows of the image. */
  readonly size: number;
}

/**
 * Spreads phases, which lie in the channels, over rows and columns.
 *
 * Sends x [batch, height, width, rows.count * columns.count * channels] to [batch, rows.size, columns.size,
 * channels]; phase (r, s) is the channel block r * columns.count + s.
 */
export function interleavePhases(
  x: Tensor4D,
  rows: AxisPhases,
  columns: AxisPhases,
  tensors: WasmTensors,
): Tensor4D {
  const [batch, height, width, blockLength] = x.shape;
  const channels = blockLength / (rows.count * columns.count);
  return writeTensor(tensors, [batch, rows.size, columns.size, channels], [x], (target, source) => {
    if (rows.count < rows.stride || columns.count < columns.stride) target.fill(0);
    for (let image = 0; image < batch; image++) {
      for (let row = 0; row < rows.size; row++) {
        const [quotientRow, rowPhase] = phaseAt(row, rows);
        if (rowPhase >= rows.count || quotientRow >= height) continue;
        const sourceRow = (image * height + quotientRow) * width * blockLength;
        const targetRow = (image * rows.size + row) * columns.size * channels;
        for (let column = 0; column < columns.size; column++) {
          const [quotientColumn, columnPhase] = phaseAt(column, columns);
          if (columnPhase >= columns.count || quotientColumn >= width) continue;
          const block = rowPhase * columns.count + columnPhase;
          const from = sourceRow + quotientColumn * blockLength + block * channels;
          const to = targetRow + column * channels;
          for (let channel = 0; channel < channels; channel++) target[to + channel] = source[from + channel];
        }
      }
    }
  });
}

function phaseAt(position: number, { stride, offset }: AxisPhases): [quotient: number, phase: number] {
  const phase = (position + offset) % stride;
  return [(position + offset - phase) / stride, phase];
}
