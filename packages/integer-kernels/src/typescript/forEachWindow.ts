import { poolAxes } from '../checks/checkPool.js';
import type { TensorView } from '../memory/tensorView.js';
import type { PooledOp } from '../ops/maxPool2d.js';
import { windowSpans } from '../ops/window.js';

/** Reduces one window of one channel, whose first value stands at element `start`, to the stored result. */
export type ReduceRegion = (start: number, rows: number, columns: number) => number;

/** Prepares a pool: the padding is left out of every window before `reduce` sees it. */
export function forEachWindow(
  op: PooledOp,
  input: TensorView,
  output: TensorView,
  reduce: ReduceRegion,
): () => void {
  const { vertical, horizontal } = poolAxes(op);
  const rowSpans = windowSpans(vertical);
  const columnSpans = windowSpans(horizontal);
  const [batch, , , channels] = op.inputs[0].shape;
  const [imageStep, rowStep, pixelStep] = output.strides;

  return () => {
    for (let n = 0; n < batch; n += 1) {
      const image = input.origin + Math.imul(n, input.strides[0]);
      for (let y = 0; y < rowSpans.length; y += 1) {
        const rows = rowSpans[y];
        for (let x = 0; x < columnSpans.length; x += 1) {
          const columns = columnSpans[x];
          const start =
            image + Math.imul(rows.first, input.strides[1]) + Math.imul(columns.first, input.strides[2]);
          const target =
            output.origin + Math.imul(n, imageStep) + Math.imul(y, rowStep) + Math.imul(x, pixelStep);
          for (let channel = 0; channel < channels; channel += 1) {
            output.data[target + channel] = reduce(start + channel, rows.count, columns.count);
          }
        }
      }
    }
  };
}
