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
  type Value,
} from '../emitter/index.js';
import type { Group } from '../elements.js';
import type { OutputCode, OutputStage } from '../outputStage.js';
import {
  GROUP_CHANNELS,
  lastPanelChannels,
  panelBytes,
  panelChannels,
  panelCount,
  parameterBytes,
  runSteps,
} from './panelShape.js';
import { emitDepth, sumLocals, type DepthLocals, type DepthShape, type Sums } from './emitDepth.js';
import { emitPairedDepth, pairedGroup } from './pairedSums.js';
import { panelGroups, productOf } from './product.js';
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
  /** Bytes from the lists to memory for the sums of one tile. */
  readonly sumsOffset: number;
}

/** Locals of the function that the tiles share. */
interface TileLocals extends DepthLocals {
  /** Address of the tile's first output. */
  readonly target: Local<'i32'>;
  readonly parameters: Local<'i32'>;
  /** Position of the panel in its group. */
  readonly position: Local<'i32'>;
  /** Address of memory for the sums of a tile. */
  readonly stored: Local<'i32'>;
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
      stored: local('stored'),
    };
    const groupsOfPanel = panelGroups(panels.product);
    const entry = local('entry');
    const inputOffset = local('inputOffset');
    const outputOffset = local('outputOffset');
    f.set(locals.stored, add(from.lists, shape.sumsOffset));
    f.range(index, index, from.endPanel, 1, () => {
      f.set(locals.panel, add(from.panelsStart, multiply(index, panelBytes(panels))));
      f.set(
        locals.parameters,
        add(from.parametersStart, multiply(index, groupsOfPanel * parameterBytes(output))),
      );
      const group = quotient(index, panelCount(panels));
      if (groups > 1) {
        f.set(locals.position, remainder(index, panelCount(panels)));
        f.set(inputOffset, multiply(group, shape.groupBytes));
      }
      const groupChannel = groups > 1 ? multiply(group, panels.channels) : 0;
      const channel = add(groupChannel, multiply(locals.position, panelChannels(panels)));
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

/** One tile: a few pixels by the channels of a panel, channels in lanes, values broadcast. */
function emitTile(
  f: FunctionBuilder,
  shape: MultiplyShape,
  stage: OutputStage,
  locals: TileLocals,
  pixels: number,
): void {
  const { panels, output } = shape;
  const { parameters, ones } = locals;
  const sums = sumLocals(f, 'sum', pixels, panels);
  const biasOf = (position: number): Value<'v128'> =>
    load('v128.load', parameters, (position >> 1) * parameterBytes(output) + (position & 1) * 16);
  const startSums = (): void => {
    for (const ofPixel of sums) {
      ofPixel.forEach((sum, position) => {
        f.set(sum, biasOf(position));
      });
    }
  };
  const { pairing } = panels.product;
  if (pairing !== undefined) {
    const paired = { pairing, sums, stored: locals.stored, biasOf };
    emitPairedDepth(f, shape, locals, paired);
    emitFinish(f, shape, stage, locals, pixels, (pixel, group) => pairedGroup(f, paired, pixel, group));
    return;
  }
  f.set(ones, i16x8(1));
  if (productOf(panels.product).fold !== undefined) emitNarrow(f, shape, locals, sums, startSums);
  else {
    startSums();
    emitDepth(f, shape, locals, sums);
  }
  const isStored = panels.product.joinedGroups !== undefined;
  const all = sums.flat();
  if (isStored) {
    all.forEach((sum, index) => {
      f.store('v128.store', locals.stored, sum, index * 16);
    });
  }
  emitFinish(f, shape, stage, locals, pixels, (pixel, group) => {
    const [low, high] = sums[pixel].slice(2 * group);
    if (isStored) {
      const index = all.indexOf(low);
      f.set(low, load('v128.load', locals.stored, index * 16));
      f.set(high, load('v128.load', locals.stored, index * 16 + 16));
    }
    return { low, high };
  });
}

/** Sums in fewer bits on the way, all at once where none can overflow. */
function emitNarrow(
  f: FunctionBuilder,
  shape: MultiplyShape,
  locals: TileLocals,
  sums: readonly Sums[],
  startSums: () => void,
): void {
  const { panels } = shape;
  const partsOfPixels = sumLocals(f, 'part', sums.length, panels);
  const parts = partsOfPixels.flat();
  const clear = (): void => {
    for (const part of parts) f.set(part, i32x4(0));
  };
  const foldPart = productOf(panels.product).fold;
  const fold = (): void => {
    sums.flat().forEach((sum, index) => {
      if (foldPart) f.set(sum, foldPart(sum, parts[index], locals.ones));
    });
  };
  clear();
  if ((panels.product.foldSteps ?? 0) >= panels.runs * runSteps(panels)) {
    emitDepth(f, shape, locals, partsOfPixels);
    startSums();
    fold();
  } else {
    startSums();
    emitDepth(f, shape, locals, partsOfPixels, () => {
      fold();
      clear();
    });
  }
}

/** Finishes and stores the outputs, fewer where the last panel has fewer channels. */
function emitFinish(
  f: FunctionBuilder,
  shape: MultiplyShape,
  stage: OutputStage,
  { parameters, target, position }: TileLocals,
  pixels: number,
  sumsOf: (pixel: number, group: number) => Group,
): void {
  const { panels, output } = shape;
  const finish = (channels: number) => () => {
    for (let pixel = 0; pixel < pixels; pixel += 1) {
      for (let group = 0; group * GROUP_CHANNELS < channels; group += 1) {
        const count = Math.min(GROUP_CHANNELS, channels - group * GROUP_CHANNELS);
        const record = add(parameters, group * parameterBytes(output) + GROUP_CHANNELS * 4);
        const offset = pixel * shape.outputPixelBytes + group * GROUP_CHANNELS * shape.outputElementBytes;
        stage.finishGroup(f, sumsOf(pixel, group), count, record, target, offset);
      }
    }
  };
  const last = lastPanelChannels(panels);
  const count = panelCount(panels);
  if (last === panelChannels(panels) || count === 1) finish(last)();
  else f.if(op('i32.eq', position, i32(count - 1)), finish(last), finish(panelChannels(panels)));
}
