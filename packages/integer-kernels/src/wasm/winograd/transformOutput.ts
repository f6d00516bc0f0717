import { groupLocals } from '../elements.js';
import {
  add,
  load,
  op,
  smaller,
  subtract,
  type FunctionBuilder,
  type FunctionReference,
  type Local,
  type ModuleBuilder,
} from '../emitter/index.js';
import type { Geometry } from '../geometry.js';
import type { OutputStage } from '../outputStage.js';
import { tilePosition } from './tilePosition.js';
import { emitTransformProducts } from './transformProducts.js';
import { productBytes, TILE, usedFrequencies, type WinogradShape } from './winogradShape.js';

/** What the way from products to stored outputs depends on. */
export interface OutputTransformCode {
  readonly output: Geometry;
  /** Bytes of the bias and the two records of a panel. */
  readonly parameterBytes: number;
  /** Channels of the last panel of a group, 1 .. 8. */
  readonly lastChannels: number;
}

/** Outputs of a tile and a panel, and where they go. */
interface FinishLocals {
  readonly target: Local<'i32'>;
  readonly results: Local<'i32'>;
  readonly parameters: Local<'i32'>;
  /** Rows and columns of the tile that lie in the image. */
  readonly rows: Local<'i32'>;
  readonly columns: Local<'i32'>;
}

/**
 * Adds the function that transforms the products of `count` tiles from tile `first` on, requantizes and stores them.
 *
 * `products` are `[tile][36 frequencies][panelBlock * 8]`, `results` memory for one tile and panel. The last panel is
 * ragged where `ragged` is 1, none where it is 0.
 */
export function addTransformOutput(
  module: ModuleBuilder,
  shape: WinogradShape,
  code: OutputTransformCode,
  stage: OutputStage,
): FunctionReference<undefined> {
  const { output } = code;
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
    const names = ['panelProducts', 'panelParameters', 'rows', 'columns', 'panelsLeft'];
    const [products, panelParameters, rows, columns, panelsLeft] = names.map((name) => f.local('i32', name));
    f.repeat(f.local('i32', 'tilesLeft'), from.count, () => {
      const { y, x, address } = tilePosition(f, shape, output, from.output, from.first, [TILE, TILE]);
      f.set(rows, subtract(output.height, y));
      f.set(rows, smaller(rows, TILE));
      f.set(columns, subtract(output.width, x));
      f.set(columns, smaller(columns, TILE));
      f.set(products, from.products);
      f.set(panelParameters, from.parameters);
      f.repeat(panelsLeft, from.panels, () => {
        emitTransformProducts(f, products, shape.panelBlock * 32, panelParameters, from.results, [
          usedFrequencies(shape, 0),
          usedFrequencies(shape, 1),
        ]);
        const finish = (channels: number) => () => {
          const locals = {
            target: address,
            results: from.results,
            parameters: panelParameters,
            rows,
            columns,
          };
          emitFinish(f, output, stage, locals, channels);
        };
        if (code.lastChannels === 8) finish(8)();
        else f.if(op('i32.eq', panelsLeft, from.ragged), finish(code.lastChannels), finish(8));
        f.increase(products, 32);
        f.increase(panelParameters, code.parameterBytes);
        f.increase(address, 8 * output.elementBytes);
      });
      f.increase(from.products, productBytes(shape));
      f.increase(from.first, 1);
    });
  });
}

/** Requantizes and stores the outputs of one panel that lie in the image. */
function emitFinish(
  f: FunctionBuilder,
  output: Geometry,
  stage: OutputStage,
  { target, results, parameters, rows, columns }: FinishLocals,
  channels: number,
): void {
  const group = groupLocals(f, 'outputs');
  const names = ['rowTarget', 'address', 'rowResults', 'from'];
  const [rowTarget, address, rowResults, from] = names.map((name) => f.local('i32', name));
  f.set(rowTarget, target);
  f.set(rowResults, results);
  f.repeat(f.local('i32', 'rowsLeft'), rows, () => {
    f.set(address, rowTarget);
    f.set(from, rowResults);
    f.repeat(f.local('i32', 'columnsLeft'), columns, () => {
      f.set(group.low, load('v128.load', from));
      f.set(group.high, load('v128.load', from, 16));
      stage.finishGroup(f, group, channels, add(parameters, 32), address);
      f.increase(address, output.pixelBytes);
      f.increase(from, 32);
    });
    f.increase(rowTarget, output.rowPixels * output.pixelBytes);
    f.increase(rowResults, TILE * 32);
  });
}
