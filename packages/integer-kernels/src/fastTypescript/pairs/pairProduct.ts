import type { Finish } from '../../arithmetic/prepareRequantization.js';
import type { TensorView } from '../../memory/tensorView.js';
import { type MultiplyPairs, multiplyRow, multiplyTwoRows, multiplyTwoRowsNarrow } from './multiplyPairs.js';
import { packRow } from './packRow.js';

/** Rows that are multiplied together, so that a panel of columns is fetched once for all of them. */
const blockRows = 8;

/** Sizes of a product, and how many words of memory they take. */
export interface PairShape {
  /** Values of a row. */
  readonly length: number;
  /** Words of a row: two values each, an even number of them. */
  readonly pairs: number;
  /** Columns of one group, and the panels of four that they fill. */
  readonly columns: number;
  readonly panels: number;
}

/** The columns of a product: weights, or a second matrix. */
export interface PairColumns {
  /** First word of the panels of the first group. */
  readonly start: number;
  /** First word of what is added to the sums of the first group. */
  readonly constants: number;
  /** Weights are `(centered << shift) + center`. */
  readonly center: number;
  readonly shift: number;
  /** Whether the products are narrow enough for the narrow kernel. */
  readonly isNarrow: boolean;
}

/** A product of rows that come one after another. */
export interface PairProduct {
  /** Takes the centered values of a row, whose output begins at element `target`. */
  add(values: Int32Array, target: number, group: number): void;
  /** Writes the output of all rows that were taken. */
  flush(group: number): void;
}

/** Sizes of rows of `length` values by `columns` columns. */
export function pairShape(length: number, columns: number): PairShape {
  return { length, pairs: ((length + 3) >> 2) << 1, columns, panels: (columns + 3) >> 2 };
}

/** Words of the panels of one group. */
export function panelWords({ pairs, panels }: PairShape): number {
  return Math.imul(pairs, panels) << 2;
}

/** Words that a product needs while it runs: rows, and their sums. */
export function productWords({ pairs, panels }: PairShape): number {
  return Math.imul(blockRows, pairs + (panels << 2));
}

/**
 * Prepares to multiply rows by columns.
 *
 * @param scratch first of `productWords(shape)` words
 * @param isSingleRow there is one row in all
 */
export function preparePairProduct(
  words: Int32Array,
  shape: PairShape,
  columns: PairColumns,
  scratch: number,
  isSingleRow: boolean,
  output: TensorView,
  finish: Finish,
): PairProduct {
  const { pairs, panels } = shape;
  const sums = scratch + Math.imul(blockRows, pairs);
  const sumStep = panels << 2;
  const multiply = chooseKernel(isSingleRow, columns.isNarrow);
  const rowSums = new Int32Array(blockRows);
  const targets = new Int32Array(blockRows);
  const step = isSingleRow ? 1 : 2;
  let rows = 0;

  const multiplyRows = (group: number): void => {
    words.fill(0, sums, sums + Math.imul((rows + 1) & ~1, sumStep));
    let column = columns.start + Math.imul(group, panelWords(shape));
    for (let panel = 0; panel < panels; panel += 1) {
      for (let row = 0; row < rows; row += step) {
        const target = sums + Math.imul(row, sumStep) + (panel << 2);
        multiply(words, scratch + Math.imul(row, pairs), column, pairs, target, target + sumStep);
      }
      column += pairs << 2;
    }
  };

  const finishRows = (group: number): void => {
    const { center, shift, constants } = columns;
    const first = Math.imul(group, shape.columns);
    for (let row = 0; row < rows; row += 1) {
      const common = Math.imul(rowSums[row], center);
      const source = sums + Math.imul(row, sumStep);
      const target = targets[row];
      for (let i = 0; i < shape.columns; i += 1) {
        const sum = ((words[source + i] << shift) + common + words[constants + first + i]) | 0;
        output.data[target + i] = finish(sum, first + i);
      }
    }
  };

  const flush = (group: number): void => {
    multiplyRows(group);
    finishRows(group);
    rows = 0;
  };

  const add = (values: Int32Array, target: number, group: number): void => {
    const row = scratch + Math.imul(rows & ~1, pairs) + (rows & 1);
    rowSums[rows] = packRow(words, row, shape, values, step);
    targets[rows] = target;
    rows += 1;
    if (rows === blockRows) flush(group);
  };
  return { add, flush };
}

function chooseKernel(isSingleRow: boolean, isNarrow: boolean): MultiplyPairs {
  if (isSingleRow) return multiplyRow;
  return isNarrow ? multiplyTwoRowsNarrow : multiplyTwoRows;
}
