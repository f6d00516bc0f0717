import { GROUP_CHANNELS } from '../elements.js';
import {
  add,
  i32,
  load,
  multiply,
  op,
  quotient,
  remainder,
  type FunctionBuilder,
  type FunctionReference,
  type Local,
  type ModuleBuilder,
} from '../emitter/index.js';
import type { OutputCode, OutputStage } from '../outputStage.js';
import {
  lastPanelChannels,
  panelBytes,
  panelCount,
  parameterBytes,
  runSteps,
  type PanelShape,
} from './panelShape.js';
import { loadWeights, productOf, stepValueBytes, stepWeightBytes } from './product.js';
import { ENTRY_BYTES, tileCount, type TileList, type Walk } from './tileLists.js';
import type { WindowRuns } from './windows.js';

/** What the matrix product of one block depends on. */
export interface MultiplyShape {
  readonly panels: PanelShape;
  readonly groups: number;
  readonly output: OutputCode;
  /** Bytes of one stored output element, and from pixel to pixel. */
  readonly outputElementBytes: number;
  readonly outputPixelBytes: number;
  readonly runs: WindowRuns;
  /** Bytes from the window of a pixel to that of the next. */
  readonly windowBytes: number;
  /** Bytes from the input channels of a group to those of the next. */
  readonly groupBytes: number;
  readonly walk: Walk;
  readonly lists: readonly TileList[];
}

/** Locals of the function that the tiles share. */
interface TileLocals {
  /** Address of the tile's values. */
  readonly values: Local<'i32'>;
  /** Address of the tile's first output. */
  readonly target: Local<'i32'>;
  readonly panel: Local<'i32'>;
  readonly parameters: Local<'i32'>;
  /** Position of the panel in its group. */
  readonly position: Local<'i32'>;
}

/**
 * Adds the function that multiplies the tiles of a block with some panels, and finishes and stores the outputs.
 *
 * `lists` are the block's tiles, `count` its rows or pixels. Panels are the outer loop: a panel stays in the first cache while
 * all tiles pass. Panels of all groups are numbered one after the other.
 */
export function addMultiply(
  module: ModuleBuilder,
  shape: MultiplyShape,
  stage: OutputStage,
): FunctionReference<undefined> {
  const { panels, output, groups, lists } = shape;
  const parameters = {
    lists: 'i32',
    count: 'i32',
    parametersStart: 'i32',
    panelsStart: 'i32',
    firstPanel: 'i32',
    endPanel: 'i32',
  } as const;
  return module.function({ parameters }, (f, from) => {
    const { firstPanel: index } = from;
    const local = (name: string) => f.local('i32', name);
    const locals: TileLocals = {
      values: local('values'),
      target: local('target'),
      panel: local('panel'),
      parameters: local('parameters'),
      position: groups === 1 ? index : local('position'),
    };
    const entry = local('entry');
    const inputOffset = local('inputOffset');
    const outputOffset = local('outputOffset');
    f.range(index, index, from.endPanel, 1, () => {
      f.set(locals.panel, add(from.panelsStart, multiply(index, panelBytes(panels))));
      f.set(locals.parameters, add(from.parametersStart, multiply(index, parameterBytes(output))));
      const group = quotient(index, panelCount(panels));
      if (groups > 1) {
        f.set(locals.position, remainder(index, panelCount(panels)));
        f.set(inputOffset, multiply(group, shape.groupBytes));
      }
      const groupChannel = groups > 1 ? multiply(group, panels.channels) : 0;
      const channel = add(groupChannel, multiply(locals.position, GROUP_CHANNELS));
      f.set(outputOffset, multiply(channel, shape.outputElementBytes));
      for (const list of lists) {
        f.set(entry, add(from.lists, list.offset));
        f.repeat(local('tiles'), tileCount(shape.walk, list, from.count), () => {
          const values = load('i32.load', entry);
          f.set(locals.values, groups > 1 ? add(values, inputOffset) : values);
          f.set(locals.target, add(load('i32.load', entry, 4), outputOffset));
          emitTile(f, shape, stage, locals, list.pixels);
          f.increase(entry, ENTRY_BYTES);
        });
      }
    });
  });
}

/** The sums of channels 0 .. 3 and 4 .. 7 of one pixel. */
type Sums = readonly [Local<'v128'>, Local<'v128'>];

/** One tile: a few pixels by eight channels, channels in lanes, values broadcast. */
function emitTile(
  f: FunctionBuilder,
  shape: MultiplyShape,
  stage: OutputStage,
  locals: TileLocals,
  pixels: number,
): void {
  const { parameters, target, position } = locals;
  const sums = Array.from({ length: pixels }, (_, pixel): Sums => [
    f.local('v128', `sum${pixel}Low`),
    f.local('v128', `sum${pixel}High`),
  ]);
  for (const [low, high] of sums) {
    f.set(low, load('v128.load', parameters));
    f.set(high, load('v128.load', parameters, 16));
  }
  emitDepth(f, shape, locals, sums);
  const last = lastPanelChannels(shape.panels);
  const finish = (channels: number) => () => {
    sums.forEach(([low, high], pixel) => {
      const record = add(parameters, 32);
      stage.finishGroup(f, { low, high }, channels, record, target, pixel * shape.outputPixelBytes);
    });
  };
  const panels = panelCount(shape.panels);
  if (last === GROUP_CHANNELS || panels === 1) finish(last)();
  else f.if(op('i32.eq', position, i32(panels - 1)), finish(last), finish(GROUP_CHANNELS));
}

/** All steps of a window: its rows, their taps, and the steps of each run. */
function emitDepth(
  f: FunctionBuilder,
  shape: MultiplyShape,
  { values, panel }: TileLocals,
  sums: readonly Sums[],
): void {
  const { panels, runs } = shape;
  const { product } = panels;
  const weights = f.local('i32', 'weights');
  const steps = runSteps(panels);
  // One step a round where the tile is full: more would spill sums. Small tiles are bound by the loop.
  const unroll = sums.length > 2 ? 1 : 4 / sums.length;
  const emitSteps = (count: number): void => {
    for (let step = 0; step < count; step += 1) emitStep(f, shape, values, weights, sums, step);
    f.increase(values, count * stepValueBytes(product));
    f.increase(weights, count * stepWeightBytes(product));
  };
  f.set(weights, panel);
  f.repeat(f.local('i32', 'runRows'), runs.rows, () => {
    f.repeat(f.local('i32', 'runTaps'), runs.taps, () => {
      f.repeat(f.local('i32', 'steps'), Math.floor(steps / unroll), () => {
        emitSteps(unroll);
      });
      if (steps % unroll > 0) emitSteps(steps % unroll);
      if (runs.taps > 1) f.increase(values, runs.tapBytes - steps * stepValueBytes(product));
    });
    const walked = runs.taps > 1 ? runs.taps * runs.tapBytes : steps * stepValueBytes(product);
    if (runs.rows > 1) f.increase(values, runs.rowBytes - walked);
  });
}

/** One step of all pixels, at a fixed distance from the pointers. */
function emitStep(
  f: FunctionBuilder,
  { panels: { product }, windowBytes }: MultiplyShape,
  values: Local<'i32'>,
  weights: Local<'i32'>,
  sums: readonly Sums[],
  step: number,
): void {
  const multiplier = productOf(product);
  const low = f.local('v128', 'weightsLow');
  const high = f.local('v128', 'weightsHigh');
  const value = f.local('v128', 'value');
  const valueBytes = stepValueBytes(product);
  const weightOffset = step * stepWeightBytes(product);
  f.set(low, loadWeights(product, weights, weightOffset, 0));
  f.set(high, loadWeights(product, weights, weightOffset, 1));
  sums.forEach(([lowSum, highSum], pixel) => {
    f.set(value, load('v128.load32_splat', values, pixel * windowBytes + step * valueBytes));
    f.set(lowSum, multiplier.step(lowSum, low, value, 0));
    f.set(highSum, multiplier.step(highSum, high, value, 1));
  });
}
