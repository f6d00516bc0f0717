import { GROUP_CHANNELS } from '../elements.js';
import {
  add,
  i32,
  i32x4,
  load,
  op,
  type FunctionBuilder,
  type FunctionReference,
  type Local,
  type ModuleBuilder,
} from '../emitter/index.js';
import type { OutputCode, OutputStage } from '../outputStage.js';
import {
  lastPanelChannels,
  panelCount,
  parameterBytes,
  rowBytes,
  TILE_ROWS,
  type PanelShape,
} from './panelShape.js';

/** What the matrix product of one block of rows depends on. */
export interface MultiplyShape {
  readonly panels: PanelShape;
  readonly output: OutputCode;
  /** Bytes of one stored output element. */
  readonly outputElementBytes: number;
  /** Rows beyond the last full tile that a block may have, 0 .. 3. */
  readonly tailRows: number;
  /** Depth steps of a tail tile that have accumulators of their own. */
  readonly tailUnroll: 1 | 2 | 4;
  /** Whether a block may hold a full tile. */
  readonly hasFullTiles: boolean;
}

/** Locals of the function that the tiles share. */
interface TileLocals {
  readonly rows: Local<'i32'>;
  readonly targets: Local<'i32'>;
  readonly panel: Local<'i32'>;
  readonly parameters: Local<'i32'>;
  readonly channelOffset: Local<'i32'>;
  readonly panelsLeft: Local<'i32'>;
}

/**
 * Adds the function that multiplies a block of int16 rows with all panels, and finishes and stores the outputs.
 *
 * `rows` are int16, `targets` the address of each row's output pixel, `channelOffset` bytes from there to channel 0.
 * Panels are the outer loop: a panel stays in the first cache while all rows of the block pass.
 */
export function addMultiply(
  module: ModuleBuilder,
  shape: MultiplyShape,
  stage: OutputStage,
): FunctionReference<undefined> {
  const { panels, output } = shape;
  const parameters = {
    rowsStart: 'i32',
    targetsStart: 'i32',
    rowCount: 'i32',
    panelsStart: 'i32',
    parameters: 'i32',
    channelOffset: 'i32',
  } as const;
  return module.function({ parameters }, (f, from) => {
    const locals: TileLocals = {
      rows: f.local('i32', 'rows'),
      targets: f.local('i32', 'targets'),
      panel: f.local('i32', 'panel'),
      parameters: from.parameters,
      channelOffset: from.channelOffset,
      panelsLeft: f.local('i32', 'panelsLeft'),
    };
    f.set(locals.panel, from.panelsStart);
    f.repeat(locals.panelsLeft, panelCount(panels), () => {
      f.set(locals.rows, from.rowsStart);
      f.set(locals.targets, from.targetsStart);
      if (shape.hasFullTiles) {
        f.repeat(f.local('i32', 'tiles'), op('i32.shr_u', from.rowCount, i32(2)), () => {
          emitTile(f, shape, stage, locals, TILE_ROWS, 1);
        });
      }
      if (shape.tailRows > 0) {
        f.if(op('i32.and', from.rowCount, i32(3)), () => {
          emitTile(f, shape, stage, locals, shape.tailRows, shape.tailUnroll);
        });
      }
      f.increase(locals.panel, panels.depthPairs * 16 * panels.weightBytes);
      f.increase(from.parameters, parameterBytes(output));
      f.increase(from.channelOffset, GROUP_CHANNELS * shape.outputElementBytes);
    });
  });
}

/** One tile: `rowCount` rows by eight channels, channels in lanes, activations broadcast. */
function emitTile(
  f: FunctionBuilder,
  shape: MultiplyShape,
  stage: OutputStage,
  locals: TileLocals,
  rowCount: number,
  unroll: number,
): void {
  const accumulators = startAccumulators(f, locals, rowCount, unroll);
  emitDepthLoop(f, shape, locals, accumulators);
  sumUnrolled(f, accumulators);
  const address = f.local('i32', 'address');
  for (let row = 0; row < rowCount; row += 1) {
    const [low, high] = accumulators[0][row];
    f.set(address, add(load('i32.load', locals.targets, row * 4), locals.channelOffset));
    emitFinish(f, shape, stage, locals, { low, high }, address);
  }
  f.increase(locals.rows, rowBytes(shape.panels) * (rowCount - 1));
  f.increase(locals.targets, 4 * rowCount);
}

type Accumulators = readonly (readonly (readonly [Local<'v128'>, Local<'v128'>])[])[];

/** Accumulators `[unrolled step][row][vector]`; the first step starts from the bias. */
function startAccumulators(
  f: FunctionBuilder,
  { parameters }: TileLocals,
  rowCount: number,
  unroll: number,
): Accumulators {
  const bias = load('v128.load', parameters);
  const accumulators = Array.from({ length: unroll }, (_step, step) =>
    Array.from({ length: rowCount }, (_row, row) => {
      const name = `sum${step}_${row}`;
      return [f.local('v128', `${name}Low`), f.local('v128', `${name}High`)] as const;
    }),
  );
  accumulators.forEach((rows, step) => {
    for (const [low, high] of rows) {
      f.set(low, step === 0 ? bias : i32x4(0));
      f.set(high, step === 0 ? load('v128.load', parameters, 16) : i32x4(0));
    }
  });
  return accumulators;
}

function emitDepthLoop(
  f: FunctionBuilder,
  { panels }: MultiplyShape,
  { rows, panel }: TileLocals,
  accumulators: Accumulators,
): void {
  const weights = f.local('i32', 'weights');
  const low = f.local('v128', 'weightsLow');
  const high = f.local('v128', 'weightsHigh');
  const pair = f.local('v128', 'pair');
  const loadName = panels.weightBytes === 2 ? 'v128.load' : 'v128.load8x8_s';
  const vectorBytes = 8 * panels.weightBytes;
  f.set(weights, panel);
  // One step a round where the tile is full: more would spill accumulators.
  f.repeat(f.local('i32', 'steps'), panels.depthPairs / accumulators.length, () => {
    accumulators.forEach((tile, step) => {
      f.set(low, load(loadName, weights, 2 * step * vectorBytes));
      f.set(high, load(loadName, weights, (2 * step + 1) * vectorBytes));
      tile.forEach(([lowSum, highSum], row) => {
        f.set(pair, load('v128.load32_splat', rows, row * rowBytes(panels) + step * 4));
        f.set(lowSum, op('i32x4.add', lowSum, op('i32x4.dot_i16x8_s', low, pair)));
        f.set(highSum, op('i32x4.add', highSum, op('i32x4.dot_i16x8_s', high, pair)));
      });
    });
    f.increase(rows, 4 * accumulators.length);
    f.increase(weights, 2 * vectorBytes * accumulators.length);
  });
}

function sumUnrolled(f: FunctionBuilder, accumulators: Accumulators): void {
  accumulators.slice(1).forEach((tile) => {
    tile.forEach((vectors, row) => {
      vectors.forEach((vector, index) => {
        const total = accumulators[0][row][index];
        f.set(total, op('i32x4.add', total, vector));
      });
    });
  });
}

function emitFinish(
  f: FunctionBuilder,
  shape: MultiplyShape,
  stage: OutputStage,
  { parameters, panelsLeft }: TileLocals,
  group: { readonly low: Local<'v128'>; readonly high: Local<'v128'> },
  address: Local<'i32'>,
): void {
  const record = add(parameters, 32);
  const last = lastPanelChannels(shape.panels);
  const full = (): void => {
    stage.finishGroup(f, group, GROUP_CHANNELS, record, address);
  };
  const ragged = (): void => {
    stage.finishGroup(f, group, last, record, address);
  };
  if (last === GROUP_CHANNELS) full();
  else if (panelCount(shape.panels) === 1) ragged();
  else f.if(op('i32.eq', panelsLeft, i32(1)), ragged, full);
}
