import { narrowSteps, type NarrowSums, type ValueRange } from './narrowSteps.js';
import type { PanelShape } from './panelShape.js';

/** How the weights of two channels share an int16, `low + high * 2^shift`, and their sums the lane of an int32. */
export interface Pairing {
  readonly shift: number;
  /** Steps of two products after which low sums are taken out: so many fit `shift` bits. Below two it does not work. */
  readonly foldSteps: number;
  /** Whether high sums must be taken out as well: a whole one does not fit the bits that are left. */
  readonly isHighFolded: boolean;
}

/** Weights that are paired, as rows of `runs * runLength`. */
export interface PairedRows {
  readonly weights: Int16Array;
  /** All ways to cut a row into runs that may be needed. */
  readonly shapes: readonly Pick<PanelShape, 'runs' | 'runLength'>[];
  /** Whether the row lies in the high part of its lanes. */
  readonly isHigh: (row: number) => boolean;
}

/** The pairing of any weights of a range, `depth` products each. */
export function pairingOfRange(range: ValueRange, values: ValueRange, depth: number): Pairing {
  const { min, max } = productRange(range, values);
  const shift = largestShift(range, range);
  // The most products whose sum fits so many bits.
  const fitting = (bits: number): number =>
    Math.floor(Math.min((2 ** (bits - 1) - 1) / Math.max(max, 1e-9), 2 ** (bits - 1) / Math.max(-min, 1e-9)));
  const isHighFolded = fitting(32 - shift) < depth;
  const steps = Math.floor(Math.min(fitting(shift), isHighFolded ? fitting(32 - shift) : Infinity) / 2);
  return { shift, foldSteps: Math.min(steps, depth), isHighFolded };
}

/** The pairing of the weights given. Walks over them. */
export function pairingOfWeights({ weights, shapes, isHigh }: PairedRows, values: ValueRange): Pairing {
  const length = shapes[0].runs * shapes[0].runLength;
  const ranges = { low: { min: 0, max: 0 }, high: { min: 0, max: 0 } };
  const sums = { min: 0, max: 0 };
  for (let row = 0; row < weights.length; row += length) {
    const isHighRow = isHigh(row / length);
    const range = isHighRow ? ranges.high : ranges.low;
    let [min, max, positive, negative] = [0, 0, 0, 0];
    for (let k = row; k < row + length; k += 1) {
      const weight = weights[k];
      if (weight > 0) {
        positive += weight;
        if (weight > max) max = weight;
      } else {
        negative += weight;
        if (weight < min) min = weight;
      }
    }
    range.min = Math.min(range.min, min);
    range.max = Math.max(range.max, max);
    if (!isHighRow) continue;
    sums.min = Math.min(sums.min, positive * values.min + negative * values.max);
    sums.max = Math.max(sums.max, positive * values.max + negative * values.min);
  }
  const shift = largestShift(ranges.low, ranges.high);
  const isHighFolded = !isWithinBits(sums, 32 - shift);
  const steps = (sums: NarrowSums): number =>
    Math.min(...shapes.map((shape) => narrowSteps(weights, shape, values, sums)));
  const low = steps({ bits: shift, depth: 2, hasRow: (row) => !isHigh(row) });
  const high = isHighFolded ? steps({ bits: 32 - shift, depth: 2, hasRow: isHigh }) : low;
  return { shift, foldSteps: Math.min(low, high), isHighFolded };
}

/** How far weights can be shifted for any two of them to fit an int16. */
function largestShift(low: ValueRange, high: ValueRange): number {
  let shift = 15;
  while (
    !isWithinBits({ min: low.min + high.min * 2 ** shift, max: low.max + high.max * 2 ** shift }, 16) &&
    shift > 0
  ) {
    shift -= 1;
  }
  return shift;
}

function productRange(weights: ValueRange, values: ValueRange): ValueRange {
  const products = [weights.min, weights.max].flatMap((weight) => [weight * values.min, weight * values.max]);
  return { min: Math.min(0, ...products), max: Math.max(0, ...products) };
}

function isWithinBits({ min, max }: ValueRange, bits: number): boolean {
  return min >= -(2 ** (bits - 1)) && max < 2 ** (bits - 1);
}
