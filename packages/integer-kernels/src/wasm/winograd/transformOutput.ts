import { groupLocals, type Group } from '../elements.js';
import {
  add,
  i32,
  i32x4,
  load,
  multiply,
  op,
  quotient,
  remainder,
  select,
  subtract,
  type FunctionBuilder,
  type FunctionReference,
  type Local,
  type ModuleBuilder,
  type Value,
} from '../emitter/index.js';
import type { Geometry } from '../geometry.js';
import type { OutputStage } from '../outputStage.js';
import { PATCH, productBytes, TILE, type WinogradShape } from './winogradShape.js';

/** What the way from products to stored outputs depends on. */
export interface OutputTransformCode {
  readonly shape: WinogradShape;
  readonly output: Geometry;
  /** Bytes of the bias and the two records of a panel. */
  readonly parameterBytes: number;
  /** Channels of the last panel of a group, 1 .. 8. */
  readonly lastChannels: number;
}

/** Outputs of one tile and panel, `[row][column][8]` int32. */
export const RESULT_BYTES = TILE * TILE * 32;

/** 9^-1 modulo 2^32. */
const INVERSE_OF_9 = 954437177;
/** Rows of the transform give 3 * 2^k times the output. */
const SHIFTS = [3, 2, 1, 1];

/**
 * Adds the function that transforms the products of `count` tiles from tile `first` on, requantizes and stores them.
 *
 * `products` are `[tile][36 frequencies][panelBlock * 8]`; The last panel is
 * ragged where `ragged` is 1, none where it is 0.
 */
export function addTransformOutput(
  module: ModuleBuilder,
  code: OutputTransformCode,
  stage: OutputStage,
): FunctionReference<undefined> {
  const { shape, output } = code;
  const parameters = {
    output: 'i32',
    products: 'i32',
    parameters: 'i32',
    results: 'i32',
    first: 'i32',
    count: 'i32',
    panels: 'i32',
    ragged: 'i32',
  } as const;
  return module.function({ parameters }, (f, from) => {
    const products = f.local('i32', 'panelProducts');
    const panelParameters = f.local('i32', 'panelParameters');
    const panelsLeft = f.local('i32', 'panelsLeft');
    const target = f.local('i32', 'target');
    const inverse = f.local('v128', 'inverse');
    f.set(inverse, i32x4(INVERSE_OF_9));
    f.repeat(f.local('i32', 'tilesLeft'), from.count, () => {
      const counts = startTile(f, code, target, from.output, from.first);
      f.set(products, from.products);
      f.set(panelParameters, from.parameters);
      f.repeat(panelsLeft, from.panels, () => {
        emitHalves(f, code, products, panelParameters, from.results);
        const finish = (channels: number): void => {
          emitFinish(f, code, stage, { target, results: from.results, panelParameters, counts }, channels);
        };
        if (code.lastChannels === 8) finish(8);
        else {
          f.if(
            op('i32.eq', panelsLeft, from.ragged),
            () => {
              finish(code.lastChannels);
            },
            () => {
              finish(8);
            },
          );
        }
        f.increase(products, 32);
        f.increase(panelParameters, code.parameterBytes);
        f.increase(target, 8 * output.elementBytes);
      });
      f.increase(from.products, productBytes(shape));
      f.increase(from.first, 1);
    });
  });
}

interface TileCounts {
  readonly rows: Local<'i32'>;
  readonly columns: Local<'i32'>;
}

/** Sets the address of a tile's first output, and how many rows and columns of the tile lie in the image. */
function startTile(
  f: FunctionBuilder,
  { shape: { tilesAcross, tilesDown }, output }: OutputTransformCode,
  target: Local<'i32'>,
  base: Local<'i32'>,
  tile: Local<'i32'>,
): TileCounts {
  const { height, width, imageRows, rowPixels, originPixels, pixelBytes } = output;
  const [y, x] = [f.local('i32', 'y'), f.local('i32', 'x')];
  const counts = { rows: f.local('i32', 'rows'), columns: f.local('i32', 'columns') };
  f.set(y, multiply(remainder(quotient(tile, tilesAcross), tilesDown), TILE));
  f.set(x, multiply(remainder(tile, tilesAcross), TILE));
  const row = add(multiply(quotient(tile, tilesDown * tilesAcross), imageRows), y);
  const position = add(add(multiply(row, rowPixels), x), originPixels);
  f.set(target, add(base, multiply(position, pixelBytes)));
  const atMost4 = (count: Local<'i32'>, rest: Value<'i32'>): void => {
    f.set(count, rest);
    f.set(count, select(op('i32.lt_s', count, i32(TILE)), count, TILE));
  };
  atMost4(counts.rows, subtract(i32(height), y));
  atMost4(counts.columns, subtract(i32(width), x));
  return counts;
}

/** Transforms channels 0 .. 3 and 4 .. 7 of a panel to 16 outputs each, bias included. */
function emitHalves(
  f: FunctionBuilder,
  { shape }: OutputTransformCode,
  products: Local<'i32'>,
  parameters: Local<'i32'>,
  results: Local<'i32'>,
): void {
  const [from, bias, to] = ['from', 'biasAddress', 'to'].map((name) => f.local('i32', name));
  const indices = Array.from({ length: PATCH }, (_, index) => index);
  const value = (row: number, column: number): Local<'v128'> => f.local('v128', `m${row}${column}`);
  f.set(from, products);
  f.set(bias, parameters);
  f.set(to, results);
  f.repeat(f.local('i32', 'halvesLeft'), 2, () => {
    for (const column of indices) {
      for (const row of indices) {
        const frequency = row * PATCH + column;
        f.set(value(row, column), load('v128.load', from, frequency * shape.panelBlock * 32));
      }
      emitTransform(f, (row) => value(row, column));
    }
    SHIFTS.forEach((rowShift, row) => {
      emitTransform(f, (column) => value(row, column));
      SHIFTS.forEach((columnShift, column) => {
        const scaled = op('i32x4.mul', value(row, column), f.local('v128', 'inverse'));
        const exact = op('i32x4.shr_s', scaled, i32(rowShift + columnShift));
        const offset = (row * TILE + column) * 32;
        f.store('v128.store', to, op('i32x4.add', exact, load('v128.load', bias)), offset);
      });
    });
    f.increase(from, 16);
    f.increase(bias, 16);
    f.increase(to, 16);
  });
}

/** Four sums of six vectors, in place: 24, 12, 6 and 6 times the outputs. */
function emitTransform(f: FunctionBuilder, value: (index: number) => Local<'v128'>): void {
  const [m0, m1, m2, m3, m4, m5] = [0, 1, 2, 3, 4, 5].map(value);
  const plus = (x: Value<'v128'>, y: Value<'v128'>) => op('i32x4.add', x, y);
  const minus = (x: Local<'v128'>, y: Local<'v128'>) => op('i32x4.sub', x, y);
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => f.local('v128', name));
  f.set(a, plus(m1, m2));
  f.set(b, minus(m1, m2));
  f.set(c, plus(m3, m4));
  f.set(d, minus(m3, m4));
  f.set(m0, plus(plus(m0, op('i32x4.shl', a, i32(2))), c));
  f.set(m1, plus(plus(b, b), d));
  f.set(m2, plus(a, c));
  f.set(m3, plus(plus(b, plus(d, d)), m5));
}

interface FinishLocals {
  readonly target: Local<'i32'>;
  readonly results: Local<'i32'>;
  readonly panelParameters: Local<'i32'>;
  readonly counts: TileCounts;
}

/** Requantizes and stores the outputs of one panel that lie in the image. */
function emitFinish(
  f: FunctionBuilder,
  { output }: OutputTransformCode,
  stage: OutputStage,
  { target, results, panelParameters, counts }: FinishLocals,
  channels: number,
): void {
  const group: Group = groupLocals(f, 'outputs');
  const [rowTarget, address] = [f.local('i32', 'rowTarget'), f.local('i32', 'address')];
  const [rowResults, from] = [f.local('i32', 'rowResults'), f.local('i32', 'from')];
  f.set(rowTarget, target);
  f.set(rowResults, results);
  f.repeat(f.local('i32', 'rowsLeft'), counts.rows, () => {
    f.set(address, rowTarget);
    f.set(from, rowResults);
    f.repeat(f.local('i32', 'columnsLeft'), counts.columns, () => {
      f.set(group.low, load('v128.load', from));
      f.set(group.high, load('v128.load', from, 16));
      stage.finishGroup(f, group, channels, add(panelParameters, 32), address);
      f.increase(address, output.pixelBytes);
      f.increase(from, 32);
    });
    f.increase(rowTarget, output.rowPixels * output.pixelBytes);
    f.increase(rowResults, TILE * 32);
  });
}
