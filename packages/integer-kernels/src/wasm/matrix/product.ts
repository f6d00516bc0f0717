import { load, op, type Value } from '../emitter/index.js';
import type { Pairing } from './pairing.js';

/** Instructions that multiply. */
export type ProductKind = keyof typeof products;

/** How tiles multiply; equal codes give equal instructions. */
export interface ProductCode {
  readonly kind: ProductKind;
  /** Bytes of a stored weight; 2 where activations are widened as well. */
  readonly weightBytes: 1 | 2 | 0.125;
  /** Relaxed products want one operand in 0 .. 127: the weights where this is true, else the activations. */
  readonly areWeightsSmall?: boolean;
  /** Steps that narrow sums can take before they are added to the accumulators. */
  readonly foldSteps?: number;
  /** The activation that is bit 0, where they are taken as bits. */
  readonly zeroBit?: number;
  /** Subtracted from activations that are widened, padding too; absent where it is zero, or the op's zero point. */
  readonly center?: number;
  /** How two channels share a lane, where they do. */
  readonly pairing?: Omit<Pairing, 'foldSteps'>;
  /**
   * For engines that join neighboring vectors: groups of eight channels in a panel.
   *
   * Such engines begin at stores, so that sums are stored side by side before they are finished. Absent elsewhere.
   */
  readonly joinedGroups?: 1 | 2;
}

type Vector = Value<'v128'>;

/** One step: a few values of a row meet the weights of the channels of a panel. */
interface Product {
  /** Values of a row that a step takes. */
  readonly depth: 2 | 4 | 32;
  /** Bytes of a value: widened, as it is stored, or a bit of it. */
  readonly valueBytes: 1 | 2 | 0.125;
  /** Pixels of a full tile: as many as leave registers for all that a step needs. */
  readonly tilePixels: 3 | 4;
  /** Whether it needs relaxed SIMD. */
  readonly isRelaxed?: boolean;
  /** Whether the weights of eight channels lie in one vector. */
  readonly isDense?: boolean;
  /** The sums of four channels with narrow sums added, of lanes that several share; present where sums are narrow. */
  readonly fold?: (sum: Vector, part: Vector, ones: Vector) => Vector;
  /** Whether a lane has two channels: one in the low bits of weights and sums, one above, eight channels further on. */
  readonly isPaired?: boolean;
  /** The sums of four channels with one step added: channels 0 .. 3 of eight, or 4 .. 7 where `half` is 1. */
  step(operands: {
    readonly sum: Vector;
    readonly weights: Vector;
    readonly values: Vector;
    /** int16 ones. */
    readonly ones: Vector;
    readonly half: 0 | 1;
    readonly code: ProductCode;
  }): Vector;
}

const products = {
  /** Pairs of int16. */
  dot: {
    depth: 2,
    valueBytes: 2,
    tilePixels: 4,
    step: ({ sum, weights, values }) => addPairs(sum, weights, values),
  },
  /** The same with the weights of two channels in an int16, for as many steps as the low sums fit their bits. */
  paired: {
    depth: 2,
    valueBytes: 2,
    tilePixels: 4,
    isPaired: true,
    step: ({ sum, weights, values }) => addPairs(sum, weights, values),
  },
  /** Pairs of int8, of eight channels in one vector: short where engines have no instruction for `dot`. */
  extmul: {
    depth: 2,
    valueBytes: 1,
    tilePixels: 4,
    isDense: true,
    step({ sum, weights, values, half }) {
      const name = half === 0 ? 'i16x8.extmul_low_i8x16_s' : 'i16x8.extmul_high_i8x16_s';
      return op('i32x4.add', sum, op('i32x4.extadd_pairwise_i16x8_s', op(name, weights, values)));
    },
  },
  /** Fours of int8, one operand in 0 .. 127. */
  relaxed: {
    depth: 4,
    valueBytes: 1,
    tilePixels: 3,
    isRelaxed: true,
    step: ({ sum, weights, values, ones, code }) => addPairs(sum, relaxedPairs(weights, values, code), ones),
  },
  /** The same in one instruction: short where the machine has it. */
  relaxedAdd: {
    depth: 4,
    valueBytes: 1,
    tilePixels: 4,
    isRelaxed: true,
    step({ sum, weights, values, code }) {
      const [first, second] = inOrder(weights, values, code);
      return op('i32x4.relaxed_dot_i8x16_i7x16_add_s', first, second, sum);
    },
  },
  /** Fours of int8 into int16 sums, for as many steps as these cannot overflow. */
  narrow: {
    depth: 4,
    valueBytes: 1,
    tilePixels: 4,
    isRelaxed: true,
    fold: (sum, part, ones) => addPairs(sum, part, ones),
    step: ({ sum, weights, values, code }) => op('i16x8.add', sum, relaxedPairs(weights, values, code)),
  },
  /** Weights of -1 or 1 and activations of two levels, as bits: counts those that differ, to be subtracted from what is most. */
  popcount: {
    depth: 32,
    valueBytes: 0.125,
    tilePixels: 4,
    fold(sum, part) {
      const counts = op('i32x4.extadd_pairwise_i16x8_u', op('i16x8.extadd_pairwise_i8x16_u', part));
      return op('i32x4.sub', sum, counts);
    },
    step: ({ sum, weights, values }) =>
      op('i8x16.add', sum, op('i8x16.popcnt', op('v128.xor', weights, values))),
  },
} satisfies Readonly<Record<string, Product>>;

/** `sum + a0 * b0 + a1 * b1` of int16 pairs. */
export function addPairs(sum: Vector, a: Vector, b: Vector): Vector {
  return op('i32x4.add', sum, op('i32x4.dot_i16x8_s', a, b));
}

/** Sums of two products, at most `2 * 128 * 127`: neither saturated nor wrapped under any permitted semantics. */
function relaxedPairs(weights: Vector, values: Vector, code: ProductCode): Vector {
  const [first, second] = inOrder(weights, values, code);
  return op('i16x8.relaxed_dot_i8x16_i7x16_s', first, second);
}

function inOrder(
  weights: Vector,
  values: Vector,
  { areWeightsSmall }: ProductCode,
): readonly [Vector, Vector] {
  return areWeightsSmall === true ? [values, weights] : [weights, values];
}

/** All kinds, the one that multiplies any operands first. */
export const productKinds = Object.keys(products) as ProductKind[];

/** What a product is made of. */
export function productOf({ kind }: Pick<ProductCode, 'kind'>): Product {
  return products[kind];
}

/** For `describe()`. */
export function productName({ kind, weightBytes, foldSteps }: ProductCode): string {
  return `${kind} i${weightBytes * 8}${foldSteps === undefined ? '' : `/${foldSteps}`}`;
}

/** Groups of eight lanes in a panel. */
export function laneGroups({ joinedGroups = 1 }: ProductCode): 1 | 2 {
  return joinedGroups;
}

/** Groups of eight channels in a panel. */
export function panelGroups(code: ProductCode): number {
  return productOf(code).isPaired === true ? 2 * laneGroups(code) : laneGroups(code);
}

/** Bytes of the weights of one step. */
export function stepWeightBytes(code: ProductCode): number {
  return 8 * laneGroups(code) * productOf(code).depth * code.weightBytes;
}

/** Bytes of a row that one step takes. */
export function stepValueBytes(code: ProductCode): 2 | 4 {
  const { depth, valueBytes } = productOf(code);
  return depth * valueBytes === 2 ? 2 : 4;
}

/** The weights of four channels of a step: the vector at a position. Dense ones serve two positions. */
export function loadWeights(
  code: ProductCode,
  address: Value<'i32'>,
  offset: number,
  position: number,
): Value<'v128'> {
  const { valueBytes, depth, isDense } = productOf(code);
  const vector = isDense === true ? position >> 1 : position;
  const vectorBytes = isDense === true ? 16 : 4 * depth * code.weightBytes;
  const isWidened = valueBytes > code.weightBytes;
  return load(isWidened ? 'v128.load8x8_s' : 'v128.load', address, offset + vector * vectorBytes);
}
