import {
  i32x4,
  load,
  op,
  type FunctionBuilder,
  type FunctionReference,
  type Local,
  type ModuleBuilder,
} from '../emitter/index.js';
import { FREQUENCIES, productBytes, type WinogradShape } from './winogradShape.js';

/** Tiles that are multiplied together. */
const ROWS = 4;

/**
 * Adds the function that multiplies a block of transformed inputs with some panels of transformed weights, modulo 2^32.
 *
 * `inputs` are `[36 frequencies][tile][depth]`, `weights` `[36][panel][depthPairs][8][2]`, `products`
 * `[tile][36][panelBlock * 8]`. `quads` is the number of tiles by four.
 */
export function addMultiplyFrequencies(
  module: ModuleBuilder,
  shape: WinogradShape,
): FunctionReference<undefined> {
  const parameters = {
    inputs: 'i32',
    weights: 'i32',
    products: 'i32',
    quads: 'i32',
    panels: 'i32',
  } as const;
  return module.function({ parameters }, (f, from) => {
    const inputs = f.local('i32', 'rows');
    const weights = f.local('i32', 'panel');
    const products = f.local('i32', 'target');
    const panelProducts = f.local('i32', 'panelTarget');
    f.repeat(f.local('i32', 'frequenciesLeft'), FREQUENCIES, () => {
      f.set(panelProducts, from.products);
      f.repeat(f.local('i32', 'panelsLeft'), from.panels, () => {
        f.set(inputs, from.inputs);
        f.set(products, panelProducts);
        f.repeat(f.local('i32', 'quadsLeft'), from.quads, () => {
          f.set(weights, from.weights);
          emitTile(f, shape, inputs, weights, products);
          f.increase(inputs, ROWS * shape.rowBytes - shape.depthPairs * 4);
          f.increase(products, ROWS * productBytes(shape));
        });
        f.increase(from.weights, shape.depthPairs * 32);
        f.increase(panelProducts, 32);
      });
      f.increase(from.inputs, shape.frequencyBytes);
      f.increase(from.products, shape.panelBlock * 32);
    });
  });
}

/** Four tiles by eight channels at one frequency: channels in lanes, inputs broadcast. */
function emitTile(
  f: FunctionBuilder,
  shape: WinogradShape,
  inputs: Local<'i32'>,
  weights: Local<'i32'>,
  products: Local<'i32'>,
): void {
  const [low, high, pair] = ['low', 'high', 'pair'].map((name) => f.local('v128', name));
  const sums = Array.from({ length: ROWS }, (_, row) =>
    [low, high].map((vector) => ({ vector, sum: f.local('v128', `${vector.name}${row}`) })),
  );
  for (const { sum } of sums.flat()) f.set(sum, i32x4(0));
  f.repeat(f.local('i32', 'depthLeft'), shape.depthPairs, () => {
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
