import { load, op, type Value } from '../emitter/index.js';

/** Instructions that multiply. */
export type ProductKind = keyof typeof products;

/** How tiles multiply; equal codes give equal instructions. */
export interface ProductCode {
  readonly kind: ProductKind;
  /** Bytes of a stored weight; 2 where activations are widened as well. */
  readonly weightBytes: 1 | 2;
}

/** One step: a few values of a row meet the weights of eight channels. */
interface Product {
  /** Values of a row that a step takes. */
  readonly depth: 2 | 4;
  /** Bytes of a value: widened, or as it is stored. */
  readonly valueBytes: 1 | 2;
  /** The sums of four channels with one step added; `half` is 0 for the first four channels of a panel, 1 for the others. */
  step(sum: Value<'v128'>, weights: Value<'v128'>, values: Value<'v128'>, half: 0 | 1): Value<'v128'>;
}

const products = {
  /** int16 pairs, any operands. */
  dot: {
    depth: 2,
    valueBytes: 2,
    step: (sum, weights, values) => op('i32x4.add', sum, op('i32x4.dot_i16x8_s', weights, values)),
  },
} satisfies Readonly<Record<string, Product>>;

/** What a product is made of. */
export function productOf({ kind }: ProductCode): Product {
  return products[kind];
}

/** For `describe()`. */
export function productName({ kind, weightBytes }: ProductCode): string {
  return `i${weightBytes * 8} ${kind}`;
}

/** Bytes of the weights of one step. */
export function stepWeightBytes(code: ProductCode): number {
  return 8 * productOf(code).depth * code.weightBytes;
}

/** Bytes of a row that one step takes. */
export function stepValueBytes(code: ProductCode): number {
  const { depth, valueBytes } = productOf(code);
  return depth * valueBytes;
}

/** The weights of four channels of a step. */
export function loadWeights(
  code: ProductCode,
  address: Value<'i32'>,
  offset: number,
  half: 0 | 1,
): Value<'v128'> {
  const isWidened = productOf(code).valueBytes > code.weightBytes;
  const vectorBytes = stepWeightBytes(code) / 2;
  return load(isWidened ? 'v128.load8x8_s' : 'v128.load', address, offset + half * vectorBytes);
}
