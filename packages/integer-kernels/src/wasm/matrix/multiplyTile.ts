import { GROUP_CHANNELS } from '../elements.js';
import {
  add,
  i16x8,
  i32,
  i32x4,
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
import { lastPanelChannels, panelBytes, panelCount, parameterBytes, runSteps } from './panelShape.js';
import { emitDepth, sumLocals, type DepthLocals, type DepthShape } from './emitDepth.js';
import { addPairs, productOf } from './product.js';
import { ENTRY_BYTES, tileCount, type TileList, type TileShape } from './tileLists.js';

/** What the matrix product of one block depends on. */
export interface MultiplyShape extends DepthShape {
  readonly groups: number;
  readonly output: OutputCode;
  /** Bytes of one stored output element, and from pixel to pixel. */
  readonly outputElementBytes: number;
  readonly outputPixelBytes: number;
  /** Bytes from the input channels of a group to those of the next. */
  readonly groupBytes: number;
  readonly tiles: TileShape;
  readonly lists: readonly TileList[];
}

/** Locals of the function that the tiles share. */
interface TileLocals extends DepthLocals {
  /** Address of the tile's first output. */
  readonly target: Local<'i32'>;
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
      ones: f.local('v128', 'ones'),
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
        f.repeat(local('tilesLeft'), tileCount(shape.tiles, list, from.count), () => {
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

/** One tile: a few pixels by eight channels, channels in lanes, values broadcast. */
function emitTile(
  f: FunctionBuilder,
  shape: MultiplyShape,
  stage: OutputStage,
  locals: TileLocals,
  pixels: number,
): void {
  const { parameters, target, position, ones } = locals;
  f.set(ones, i16x8(1));
  const { product } = shape.panels;
  const sums = sumLocals(f, 'sum', pixels);
  const startSums = (): void => {
    for (const [low, high] of sums) {
      f.set(low, load('v128.load', parameters));
      f.set(high, load('v128.load', parameters, 16));
    }
  };
  if (productOf(product).isNarrow === true) {
    const parts = sumLocals(f, 'part', pixels);
    const clear = (): void => {
      for (const part of parts.flat()) f.set(part, i32x4(0));
    };
    const fold = (): void => {
      sums.flat().forEach((sum, index) => {
        f.set(sum, addPairs(sum, parts.flat()[index], ones));
      });
    };
    clear();
    if ((product.foldSteps ?? 0) >= shape.panels.runs * runSteps(shape.panels)) {
      emitDepth(f, shape, locals, parts);
      startSums();
      fold();
    } else {
      startSums();
      emitDepth(f, shape, locals, parts, () => {
        fold();
        clear();
      });
    }
  } else {
    startSums();
    emitDepth(f, shape, locals, sums);
  }
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
