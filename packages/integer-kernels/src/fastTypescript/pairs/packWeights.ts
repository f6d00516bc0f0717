import type { ActivationSpec } from '../../activation.js';
import { unpackWeights } from '../../packing/unpackWeights.js';
import type { Weights } from '../../weights.js';
import {
  type Span,
  areProductsNarrow,
  centerColumns,
  centerOfRows,
  moveSpan,
  spanOf,
} from './centerValues.js';
import { packColumn } from './packColumn.js';
import { type PairColumns, type PairShape, panelWords } from './pairProduct.js';

/** An op whose constant weights are the columns of a product. */
export interface WeightedOp {
  readonly inputs: readonly [ActivationSpec];
  readonly weights: Weights;
  readonly bias?: Int32Array;
}

/**
 * Writes the weights of an op as panels, and behind them what is added to the sums of each channel.
 *
 * With stored inputs `x + m` and weights `(v << s) + c`, the accumulator `bias + sum (x + m - zeroPoint) * w` is
 * `(sum x * v << s) + c * sum x`, and what depends on the channel alone: `bias + (m - zeroPoint) * sum w`.
 *
 * @param start first word
 * @param stored what the inputs hold
 */
export function packWeights(
  { inputs: [{ zeroPoint }], weights, bias }: WeightedOp,
  words: Int32Array,
  start: number,
  shape: PairShape,
  groups: number,
  stored: Span,
): PairColumns {
  const { length, columns } = shape;
  const weightValues = unpackWeights(weights);
  const { center, shift, span } = centerColumns(spanOf(weightValues));
  const rowCenter = centerOfRows(stored);
  const constants = start + Math.imul(groups, panelWords(shape));
  const column = new Int32Array(length);
  words.fill(0, start, constants);
  let channel = 0;
  for (let group = 0; group < groups; group += 1) {
    const panels = start + Math.imul(group, panelWords(shape));
    for (let i = 0; i < columns; i += 1, channel += 1) {
      const first = Math.imul(channel, length);
      let sum = 0;
      for (let k = 0; k < length; k += 1) {
        sum = (sum + weightValues[first + k]) | 0;
        column[k] = (weightValues[first + k] - center) >> shift;
      }
      packColumn(words, panels, shape, i, column);
      words[constants + channel] = (bias?.[channel] ?? 0) + Math.imul(rowCenter - zeroPoint, sum);
    }
  }
  const isNarrow = areProductsNarrow(moveSpan(stored, rowCenter), span);
  return { start, constants, center, shift, isNarrow };
}
