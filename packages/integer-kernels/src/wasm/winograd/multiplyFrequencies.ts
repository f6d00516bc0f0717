import {
  i32,
  i32x4,
  load,
  multiply,
  op,
  subtract,
  type FunctionBuilder,
  type FunctionReference,
  type Local,
  type ModuleBuilder,
  type Operand,
} from '../emitter/index.js';
import { FREQUENCIES, pairsAt, PATCH, productBytes, type WinogradShape } from './winogradShape.js';

/** Tiles that are multiplied together. */
const ROWS = 4;

const parameters = {
  inputs: 'i32',
  weights: 'i32',
  products: 'i32',
  quads: 'i32',
  panels: 'i32',
} as const;

/**
 * Adds the function that multiplies a block of transformed inputs with some panels of transformed weights, modulo 2^32.
 *
 * `inputs` are `[36 frequencies][tile][depth]`, `weights` `[36][panel][pairs][8][2]`, `products`
 * `[tile][36][panelBlock * 8]`. `quads` is the number of tiles by four.
 */
export function addMultiplyFrequencies(
  module: ModuleBuilder,
  shape: WinogradShape,
): FunctionReference<undefined> {
  const stretches = stretchesOf(shape);
  if (stretches.length === 1) return addMultiplyStretch(module, shape, shape.depthPairs);
  const multiplyStretch = addMultiplyStretch(module, shape);
  return module.function({ parameters }, (f, { inputs, weights, products, quads, panels }) => {
    for (const { count, pairs } of stretches) {
      if (pairs > 0) {
        f.call(multiplyStretch, inputs, weights, products, quads, panels, i32(count), i32(pairs));
        f.increase(weights, multiply(panels, count * pairs * 32));
      }
      f.increase(inputs, count * shape.frequencyBytes);
      f.increase(products, count * shape.panelBlock * 32);
    }
  });
}

/** Frequencies that follow one another and have equally many pairs. */
function stretchesOf(shape: WinogradShape): { readonly count: number; readonly pairs: number }[] {
  const stretches: { count: number; pairs: number }[] = [];
  for (let frequency = 0; frequency < FREQUENCIES; frequency += 1) {
    const pairs = pairsAt(shape, Math.floor(frequency / PATCH), frequency % PATCH);
    const last = stretches.at(-1);
    if (last?.pairs === pairs) last.count += 1;
    else stretches.push({ count: 1, pairs });
  }
  return stretches;
}

/** The same for a stretch of frequencies: all of them with `pairs` pairs, or as many as the call says, with as many pairs. */
function addMultiplyStretch(
  module: ModuleBuilder,
  shape: WinogradShape,
  pairs?: number,
): FunctionReference<undefined> {
  const stretch = pairs === undefined ? ({ frequencies: 'i32', pairs: 'i32' } as const) : {};
  return module.function({ parameters: { ...parameters, ...stretch } }, (f, from) => {
    const depth: Operand = 'pairs' in from ? from.pairs : shape.depthPairs;
    const frequencies: Operand = 'frequencies' in from ? from.frequencies : FREQUENCIES;
    const inputs = f.local('i32', 'rows');
    const weights = f.local('i32', 'panel');
    const products = f.local('i32', 'target');
    const panelProducts = f.local('i32', 'panelTarget');
    f.repeat(f.local('i32', 'frequenciesLeft'), frequencies, () => {
      f.set(panelProducts, from.products);
      f.repeat(f.local('i32', 'panelsLeft'), from.panels, () => {
        f.set(inputs, from.inputs);
        f.set(products, panelProducts);
        f.repeat(f.local('i32', 'quadsLeft'), from.quads, () => {
          f.set(weights, from.weights);
          emitTile(f, shape, depth, { inputs, weights, products });
          f.increase(inputs, subtract(ROWS * shape.rowBytes, multiply(depth, 4)));
          f.increase(products, ROWS * productBytes(shape));
        });
        f.increase(from.weights, multiply(depth, 32));
        f.increase(panelProducts, 32);
      });
      f.increase(from.inputs, shape.frequencyBytes);
      f.increase(from.products, shape.panelBlock * 32);
    });
  });
}

interface TilePointers {
  readonly inputs: Local<'i32'>;
  readonly weights: Local<'i32'>;
  readonly products: Local<'i32'>;
}

/** Four tiles by eight channels at one frequency: channels in lanes, inputs broadcast. */
function emitTile(
  f: FunctionBuilder,
  shape: WinogradShape,
  pairs: Operand,
  { inputs, weights, products }: TilePointers,
): void {
  const [low, high, pair] = ['low', 'high', 'pair'].map((name) => f.local('v128', name));
  const sums = Array.from({ length: ROWS }, (_, row) =>
    [low, high].map((vector) => ({ vector, sum: f.local('v128', `${vector.name}${row}`) })),
  );
  for (const { sum } of sums.flat()) f.set(sum, i32x4(0));
  f.repeat(f.local('i32', 'pairsLeft'), pairs, () => {
    f.set(low, load('v128.load', weights));
    f.set(high, load('v128.load', weights, 16));
    sums.forEach((tile, row) => {
      f.set(pair, load('v128.load32_splat', inputs, row * shape.rowBytes));
      for (const { vector, sum } of tile) {
        f.set(sum, op('i32x4.add', sum, op('i32x4.dot_i16x8_s', vector, pair)));
      }
    });
    f.increase(inputs, 4);
    f.increase(weights, 32);
  });
  sums.forEach((tile, row) => {
    tile.forEach(({ sum }, half) => {
      f.store('v128.store', products, sum, row * productBytes(shape) + half * 16);
    });
  });
}
