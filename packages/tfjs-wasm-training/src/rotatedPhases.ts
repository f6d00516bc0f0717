import type { Tensor4D } from '@tensorflow/tfjs-core';
import { writeTensor } from './wasmTensors.js';
import type { WasmTensors } from './wasmTensors.js';

export interface FilterPhases {
  readonly strideHeight: number;
  readonly strideWidth: number;
  /** Phases that hold a row of the filter: the smaller of stride and filter height. */
  readonly rowPhases: number;
  readonly columnPhases: number;
}

/**
 * Takes every stride-th row and column of a filter, rotated by 180 degrees, as one filter a phase.
 *
 * Sends filter [h, w, c, k] to [ceil(h / strideHeight), ceil(w / strideWidth), k, rowPhases * columnPhases * c];
 * phase (r, s) is the channel block r * columnPhases + s. With stride 1 this is the rotated, transposed filter.
 */
export function rotatedPhases(filter: Tensor4D, phases: FilterPhases, tensors: WasmTensors): Tensor4D {
  const { strideHeight, strideWidth, rowPhases, columnPhases } = phases;
  const [height, width, inputs, outputs] = filter.shape;
  const rows = Math.ceil(height / strideHeight);
  const columns = Math.ceil(width / strideWidth);
  const blockLength = rowPhases * columnPhases * inputs;
  return writeTensor(tensors, [rows, columns, outputs, blockLength], [filter], (target, source) => {
    // Not every phase has as many rows and columns as the first one.
    target.fill(0);
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        const [rowPhase, columnPhase] = [row % strideHeight, column % strideWidth];
        const targetRow = rows - 1 - (row - rowPhase) / strideHeight;
        const targetColumn = columns - 1 - (column - columnPhase) / strideWidth;
        const block = rowPhase * columnPhases + columnPhase;
        const from = (row * width + column) * inputs * outputs;
        const to = (targetRow * columns + targetColumn) * outputs * blockLength + block * inputs;
        for (let input = 0; input < inputs; input++) {
          for (let output = 0; output < outputs; output++) {
            target[to + output * blockLength + input] = source[from + input * outputs + output];
          }
        }
      }
    }
  });
}
