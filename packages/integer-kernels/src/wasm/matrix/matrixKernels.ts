import type { KernelTarget } from '../wasmKernel.js';
import type { ValueRange } from './narrowSteps.js';
import type { Pairing } from './pairing.js';
import { productKinds, productOf, type ProductCode, type ProductKind } from './product.js';

/** What decides which products are exact, and which is the fastest. */
export interface MatrixOperands {
  /** Stored values, padding included. */
  readonly values: ValueRange;
  /** Weights as they are multiplied, or values of the second matrix without their zero point. */
  readonly weights: ValueRange;
  /** Whether a zero point is subtracted from the values, which only widened ones can do without. */
  readonly hasZeroPoint: boolean;
  /** Products that lie together, as a rule, and those of one tap, which bits are filled up for. */
  readonly runLength: number;
  readonly tapLength: number;
  /** Output channels that share panels. */
  readonly channels: number;
  /** Steps of four products that an int16 sum can take. */
  readonly narrowSteps: () => number;
  /** How two channels can share a lane, where the center is subtracted from the values. */
  readonly pairing: () => Pairing;
  readonly center: number;
  /** The smaller of two values that meet weights of -1 and 1; absent where there are more, or other weights. */
  readonly zeroBit: number | undefined;
}

const int8: ValueRange = { min: -128, max: 127 };
const int7: ValueRange = { min: 0, max: 127 };

/** Narrow sums against wide ones, where they are never emptied: two instructions instead of three. */
const NARROW_GAIN = 1.4;
/** Two channels a lane against one, where low sums are never taken out. */
const PAIR_GAIN = 1.9;
/** Taking sums out takes as long as so many steps: low ones, and high ones as well. */
const FOLD_STEPS = { low: 2, both: 3.5 };
/** Bits that are counted against pairs of int16. */
const COUNT_GAIN = 3.8;
/** Steps that counts of 8 bits can take: each adds at most eight. */
const COUNT_STEPS = 31;
/** Values of a run from which on a panel of int16 crowds the second cache: int8 weights are then faster, though they are widened. */
const LONG_RUN = 8192;
/** How much faster than what is usual an unusual product must have been measured. */
const MARGIN = 1.1;

/** How a kind multiplies the operands; undefined where it would not be exact. */
export function productFor(
  kind: ProductKind,
  operands: MatrixOperands,
  { relaxedSimd, memory, revectorize }: KernelTarget,
): ProductCode | undefined {
  const { values, weights, hasZeroPoint, channels, narrowSteps } = operands;
  const { valueBytes, isRelaxed, fold, isPaired } = productOf({ kind });
  if (valueBytes === 0.125) {
    const { zeroBit } = operands;
    return zeroBit === undefined ? undefined : { kind, weightBytes: 0.125, zeroBit, foldSteps: COUNT_STEPS };
  }
  // Joined lanes are as many already.
  if (isPaired === true) return revectorize ? undefined : pairedProduct(kind, operands);
  const joined = revectorize ? { joinedGroups: joinedGroups(channels) } : {};
  const areBytes = isWithin(weights, int8);
  if (valueBytes === 2) {
    const arePacked = areBytes && (memory === 'small' || operands.runLength >= LONG_RUN);
    return { kind, weightBytes: arePacked ? 1 : 2, ...joined };
  }
  if (!areBytes || !isWithin(values, int8) || hasZeroPoint) return undefined;
  if (isRelaxed !== true) return { kind, weightBytes: 1, ...joined };
  // Relaxed products of int8 are the same on every engine where one operand is in 0 .. 127.
  const areWeightsSmall = !isWithin(values, int7);
  if (!relaxedSimd || (areWeightsSmall && !isWithin(weights, int7))) return undefined;
  return {
    kind,
    weightBytes: 1,
    ...(areWeightsSmall && { areWeightsSmall }),
    ...(fold && { foldSteps: narrowSteps() }),
    ...joined,
  };
}

function pairedProduct(kind: ProductKind, { pairing, center }: MatrixOperands): ProductCode | undefined {
  const { foldSteps, ...rest } = pairing();
  if (foldSteps < 2) return undefined;
  return { kind, weightBytes: 2, ...(center !== 0 && { center }), foldSteps, pairing: rest };
}

/** The kind that should be the fastest of those that are exact, and its multiply-accumulates per nanosecond. */
export function fastestProduct(
  operands: MatrixOperands,
  target: KernelTarget,
): { readonly kind: ProductKind; readonly speed: number } {
  let best: { readonly kind: ProductKind; readonly speed: number } = { kind: 'dot', speed: 0 };
  for (const kind of productKinds) {
    const product = productFor(kind, operands, target);
    const speed = product === undefined ? 0 : speedOf(product, operands, target);
    if (speed > best.speed) best = { kind, speed };
  }
  return best;
}

/** Multiply-accumulates per nanosecond to expect; runs are filled up to whole steps. */
function speedOf(
  product: ProductCode,
  { runLength, tapLength, channels }: MatrixOperands,
  { speeds }: KernelTarget,
): number {
  const { kind, foldSteps = 1, pairing } = product;
  const { depth } = productOf(product);
  const length = product.zeroBit === undefined ? runLength : tapLength;
  const filled = length / (Math.ceil(length / depth) * depth);
  const groups = Math.ceil(channels / 8);
  const filledPairs = groups / (2 * Math.ceil(groups / 2));
  const foldCost = pairing?.isHighFolded === true ? FOLD_STEPS.both : FOLD_STEPS.low;
  const rates: Readonly<Record<ProductKind, number>> = {
    // Emptying the sums costs about as much as a step.
    narrow: (NARROW_GAIN * speeds.relaxed * foldSteps) / (foldSteps + 1),
    relaxed: speeds.relaxed,
    relaxedAdd: speeds.relaxedAdd / MARGIN,
    extmul: speeds.extmul / MARGIN,
    dot: speeds.dot,
    popcount: COUNT_GAIN * speeds.dot,
    paired: (PAIR_GAIN * speeds.dot * filledPairs * foldSteps) / (foldSteps + foldCost),
  };
  return filled * rates[kind];
}

/** Two groups of channels a panel are a fifth faster, unless half of the last panel is empty. */
function joinedGroups(channels: number): 1 | 2 {
  const groups = Math.ceil(channels / 8);
  return (groups % 2) * 5 <= groups ? 2 : 1;
}

function isWithin({ min, max }: ValueRange, outer: ValueRange): boolean {
  return min >= outer.min && max <= outer.max;
}
