import { pad, reshape, transpose } from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';

export interface Phases {
  /** Distance in rows and columns between two outputs of the same phase. */
  readonly strideHeight: number;
  readonly strideWidth: number;
  /** How many phases `x` holds, at most the stride; the rest is zero. */
  readonly phaseRows: number;
  readonly phaseColumns: number;
}

/**
 * Spreads phases that lie in the channels over rows and columns.
 *
 * Sends x [batch, height, width, phaseRows * phaseColumns * channels] to
 * [batch, height * strideHeight, width * strideWidth, channels], where
 * y[n, h * strideHeight + i, w * strideWidth + j, c] = x[n, h, w, (i * phaseColumns + j) * channels + c].
 */
export function interleavePhases(x: Tensor4D, phases: Phases): Tensor4D {
  const { strideHeight, strideWidth, phaseRows, phaseColumns } = phases;
  if (strideHeight === 1 && strideWidth === 1) return x;
  const [batch, height, width, phaseChannels] = x.shape;
  const channels = phaseChannels / (phaseRows * phaseColumns);
  const whole =
    phaseRows === strideHeight && phaseColumns === strideWidth
      ? x
      : pad(reshape(x, [batch * height * width, phaseRows, phaseColumns, channels]), [
          [0, 0],
          [0, strideHeight - phaseRows],
          [0, strideWidth - phaseColumns],
          [0, 0],
        ]);
  const rows = transpose(
    reshape(whole, [batch * height, width, strideHeight, strideWidth * channels]),
    [0, 2, 1, 3],
  );
  return reshape(rows, [batch, height * strideHeight, width * strideWidth, channels]);
}
