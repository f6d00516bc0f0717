import { i32, load, op, shuffle, type FunctionBuilder, type Local, type Value } from '../emitter/index.js';
import type { StoredBits, StoredCodes } from './storedCodes.js';

type Vector = Value<'v128'>;

/** Bytes of weights that a row has in one chunk; a chunk is `128 / bits` products of each row. */
export const CHUNK_ROW_BYTES = 16;

/** Largest magnitudes of the factors. */
export interface ProductRange {
  readonly magnitude: number;
  readonly stored: Pick<StoredCodes, 'magnitude'>;
}

/** How the products of one chunk are computed. */
export interface DotForm {
  /** Vectors of activations in a chunk. */
  readonly vectors: number;
  /** Constants of four equal int32 lanes that `products` finds in {@link maskLocal}: engines keep locals in registers. */
  readonly masks: readonly number[];
  /** Orders a chunk of activations, one byte each as they follow one another, as the products take them. */
  readonly arrange: (natural: readonly Vector[]) => Vector[];
  /** Sums of the products of one row, in lanes; `weights + offset` is the address of the row's chunk. */
  products(
    f: FunctionBuilder,
    weights: Local<'i32'>,
    offset: number,
    activations: readonly Local<'v128'>[],
  ): Vector;
  /** Adds two results of `products`. */
  readonly add: 'i16x8.add' | 'i32x4.add';
  /** Most chunks whose products may be added before they are folded. */
  chunksPerFold(range: ProductRange): number;
  /** Turns added products into int32 lanes of true size. */
  fold(products: Vector): Vector;
}

/** The local of a form's mask. */
export function maskLocal(f: FunctionBuilder, index: number): Local<'v128'> {
  return f.local('v128', `mask${index}`);
}

/** Exact with every activation of -128 .. 127: `i32x4.dot_i16x8_s` on widened weights. */
export function baseForm(bits: StoredBits): DotForm {
  const add = (a: Vector, b: Vector): Vector => op('i32x4.add', a, b);
  const dot = (a: Vector, b: Vector): Vector => op('i32x4.dot_i16x8_s', a, b);
  if (bits === 8) {
    return {
      vectors: 2,
      masks: [],
      arrange: ([bytes]) => [op('i16x8.extend_low_i8x16_s', bytes), op('i16x8.extend_high_i8x16_s', bytes)],
      products: (_f, weights, offset, activations) =>
        activations
          .map((vector, half) => dot(load('v128.load8x8_s', weights, offset + half * 8), vector))
          .reduce(add),
      add: 'i32x4.add',
      chunksPerFold: () => 1,
      fold: (sums) => sums,
    };
  }
  // Four fields a halfword. The last is shifted down, the others stay where they are: there the activations are scaled so that
  // all products are 256 times too large.
  const scales = [8, 4, 0, 8];
  return {
    vectors: 4,
    masks: [0x000f000f, 0x00f000f0, 0x0f000f00],
    arrange: ([first, second]) =>
      scales.map((scale, field) =>
        op('i16x8.shl', op('i16x8.extend_low_i8x16_s', pick(first, second, 4, field)), i32(scale)),
      ),
    products(f, weights, offset, activations) {
      const word = f.local('v128', 'word');
      f.set(word, load('v128.load', weights, offset));
      return activations
        .map((vector, field) =>
          field === 3
            ? dot(op('i16x8.shr_u', word, i32(12)), vector)
            : dot(op('v128.and', word, maskLocal(f, field)), vector),
        )
        .reduce(add);
    },
    add: 'i32x4.add',
    // A lane takes eight products of each chunk.
    chunksPerFold: ({ magnitude, stored }) => fitting(0x7fffff, 8 * magnitude * stored.magnitude),
    fold: (sums) => op('i32x4.shr_s', sums, i32(8)),
  };
}

/**
 * `i16x8.relaxed_dot_i8x16_i7x16_s`, whose second operand must lie in 0 .. 127: the codes, or with eight bits the activations.
 *
 * Its pairwise sums and those that `add` makes of them must fit int16.
 */
export function relaxedForm(bits: StoredBits): DotForm {
  const fields = 8 / bits;
  return {
    vectors: fields,
    masks: fields === 1 ? [] : [((1 << bits) - 1) * 0x01010101],
    arrange: (natural) =>
      natural.map((first, field) => {
        if (fields === 1) return first;
        const low = pick(natural[0], natural[1], fields, field);
        return fields === 2 ? low : shuffle(low, pick(natural[2], natural[3], 4, field), HALVES);
      }),
    products(f, weights, offset, activations) {
      const word = f.local('v128', 'word');
      f.set(word, load('v128.load', weights, offset));
      if (bits === 8) return op('i16x8.relaxed_dot_i8x16_i7x16_s', word, activations[0]);
      return activations
        .map((vector, field) => {
          const shifted = field === 0 ? word : op('i16x8.shr_u', word, i32(bits * field));
          return op('i16x8.relaxed_dot_i8x16_i7x16_s', vector, op('v128.and', shifted, maskLocal(f, 0)));
        })
        .reduce((a, b) => op('i16x8.add', a, b));
    },
    add: 'i16x8.add',
    chunksPerFold: ({ magnitude, stored }) => fitting(0x7fff, 2 * fields * magnitude * stored.magnitude),
    fold: (sums) => op('i32x4.extadd_pairwise_i16x8_s', sums),
  };
}

/** How many terms of a largest magnitude surely stay below a limit. */
function fitting(limit: number, magnitude: number): number {
  return Math.floor(limit / Math.max(magnitude, 1));
}

const HALVES = [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23];

/** Every `stride`-th byte of two vectors, from byte `first` on; repeated where there are fewer than 16. */
function pick(a: Vector, b: Vector, stride: number, first: number): Vector {
  return shuffle(
    a,
    b,
    Array.from({ length: 16 }, (_, lane) => (first + stride * lane) % 32),
  );
}
