import { loadBytes, loadHalfwords } from '../elements.js';
import {
  add,
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
import { interleaveBytes, interleaveHigh, interleaveLow } from '../interleave.js';
import {
  GROUP_CHANNELS,
  lastPanelChannels,
  panelBytes,
  panelChannels,
  panelCount,
  runSteps,
  type PanelShape,
} from './panelShape.js';
import { panelGroups, productOf, stepWeightBytes } from './product.js';

/** A matrix that is cut into panels at run time. */
export interface PackShape {
  readonly panels: PanelShape;
  readonly type: 'int8' | 'uint8';
  /** Subtracted from every value. */
  readonly zeroPoint: number;
  /** Bytes from one stored row to the next. */
  readonly rowBytes: number;
  /** Whether a stored row holds one channel, not one depth. */
  readonly isTransposed: boolean;
}

const parameters = { source: 'i32', target: 'i32', begin: 'i32', end: 'i32' } as const;

/** Adds the function that writes the panels `begin .. end - 1`, zero beyond the depth. */
export function addPackPanels(module: ModuleBuilder, shape: PackShape): FunctionReference<undefined> {
  return module.function({ parameters }, (f, from) => {
    if (shape.isTransposed) emitTransposed(f, shape, from);
    else emitDepthMajor(f, shape, from);
  });
}

type PackLocals = { readonly [Name in keyof typeof parameters]: Local<'i32'> };

/** Stored rows are depths: the rows of a step, eight channels wide, are interleaved. */
function emitDepthMajor(
  f: FunctionBuilder,
  shape: PackShape,
  { source, target, begin, end }: PackLocals,
): void {
  const { panels } = shape;
  const row = f.local('i32', 'row');
  f.increase(target, multiply(begin, panelBytes(panels)));
  f.range(begin, begin, end, 1, () => {
    const whole = panelChannels(panels);
    f.set(row, add(source, multiply(begin, whole)));
    const last = lastPanelChannels(panels);
    const pack = (channels: number) => () => {
      emitPanel(f, shape, row, target, channels);
    };
    if (last === whole) pack(last)();
    else f.if(op('i32.eq', begin, i32(panelCount(panels) - 1)), pack(last), pack(whole));
  });
}

function emitPanel(
  f: FunctionBuilder,
  shape: PackShape,
  row: Local<'i32'>,
  target: Local<'i32'>,
  channels: number,
): void {
  const { panels, rowBytes } = shape;
  const { product } = panels;
  const { depth } = productOf(product);
  const stepBytes = stepWeightBytes(product);
  const rows = Array.from({ length: depth }, (_, index) => f.local('v128', `row${index}`));
  const groupBytes = stepBytes / panelGroups(product);
  const emitGroup = (count: number, group: number): void => {
    const groupChannels = Math.min(GROUP_CHANNELS, channels - group * GROUP_CHANNELS);
    rows.forEach((local, index) => {
      const offset = index * rowBytes + group * GROUP_CHANNELS;
      if (index < count) emitLoad(f, shape, row, offset, local, groupChannels);
      else f.set(local, i32x4(0));
    });
    if (product.weightBytes === 1) {
      f.set(rows[0], interleaveBytes(rows[0], rows[1]));
      if (depth === 4) f.set(rows[1], interleaveBytes(rows[2], rows[3]));
    }
    if (groupBytes === 16) f.store('v128.store', target, rows[0], group * groupBytes);
    else {
      f.store('v128.store', target, interleaveLow(rows[0], rows[1]), group * groupBytes);
      f.store('v128.store', target, interleaveHigh(rows[0], rows[1]), group * groupBytes + 16);
    }
  };
  const emitStep = (count: number): void => {
    for (let group = 0; group * GROUP_CHANNELS < channels; group += 1) emitGroup(count, group);
    f.increase(row, depth * rowBytes);
    f.increase(target, stepBytes);
  };
  const steps = Math.floor(panels.runLength / depth);
  f.repeat(f.local('i32', 'steps'), steps, () => {
    emitStep(depth);
  });
  if (panels.runLength % depth > 0) emitStep(panels.runLength % depth);
}

/** Loads values of one stored row, without their zero point. */
function emitLoad(
  f: FunctionBuilder,
  { panels, type, zeroPoint }: PackShape,
  address: Local<'i32'>,
  offset: number,
  local: Local<'v128'>,
  count: number,
): void {
  const isWidened = panels.product.weightBytes === 2;
  if (isWidened) f.set(local, loadHalfwords(f, type, address, offset, count, local));
  else loadBytes(f, address, offset, local, count);
  if (zeroPoint === 0) return;
  // Differences that are packed as bytes fit there: they wrap to what they are.
  if (isWidened) f.set(local, op('i16x8.sub', local, op('i16x8.splat', i32(zeroPoint))));
  else f.set(local, op('i8x16.sub', local, op('i8x16.splat', i32(zeroPoint))));
}

/** Stored rows are channels: the values of a step go to the lane of the channel. */
function emitTransposed(
  f: FunctionBuilder,
  shape: PackShape,
  { source, target, begin, end }: PackLocals,
): void {
  const { panels, rowBytes } = shape;
  const { runLength } = panels;
  const { depth } = productOf(panels.product);
  const stepBytes = stepWeightBytes(panels.product);
  const lanes = panelChannels(panels);
  const laneBytes = stepBytes / lanes;
  const [storeLane, store] =
    laneBytes === 4
      ? (['v128.store32_lane', 'i32.store'] as const)
      : (['v128.store16_lane', 'i32.store16'] as const);
  const from = f.local('i32', 'from');
  const to = f.local('i32', 'to');
  const values = f.local('v128', 'values');
  const vectorSteps = panels.product.weightBytes === 2 ? 4 : 16 / depth;
  const vectorDepth = vectorSteps * depth;
  const channels = multiply(end, lanes);
  const channel = f.local('i32', 'channel');
  const endChannel = f.local('i32', 'endChannel');
  f.set(endChannel, channels);
  f.if(op('i32.gt_s', endChannel, i32(panels.channels)), () => {
    f.set(endChannel, i32(panels.channels));
  });
  f.range(channel, multiply(begin, lanes), endChannel, 1, () => {
    f.set(from, add(source, multiply(channel, rowBytes)));
    const panel = multiply(quotient(channel, lanes), panelBytes(panels));
    f.set(to, add(add(target, panel), multiply(remainder(channel, lanes), laneBytes)));
    f.repeat(f.local('i32', 'vectors'), Math.floor(runLength / vectorDepth), () => {
      emitLoad(f, shape, from, 0, values, vectorDepth);
      for (let step = 0; step < vectorSteps; step += 1) {
        f.storeLane(storeLane, step, to, values, step * stepBytes);
      }
      f.increase(from, vectorDepth);
      f.increase(to, vectorSteps * stepBytes);
    });
    const done = Math.floor(runLength / vectorDepth) * vectorSteps;
    for (let step = done; step < runSteps(panels); step += 1) {
      const first = (step - done) * depth;
      const count = Math.min(depth, runLength - step * depth);
      f.store(store, to, packedWord(shape, from, first, count), (step - done) * stepBytes);
    }
  });
}

/** The values of one channel in one step as one word. */
function packedWord(
  { panels, type, zeroPoint }: PackShape,
  address: Local<'i32'>,
  first: number,
  count: number,
): Value<'i32'> {
  const bits = 8 * panels.product.weightBytes;
  let word: Value<'i32'> = i32(0);
  for (let index = 0; index < count; index += 1) {
    const value = add(
      load(type === 'int8' ? 'i32.load8_s' : 'i32.load8_u', address, first + index),
      -zeroPoint,
    );
    const low = op('i32.and', value, i32(2 ** bits - 1));
    word = op('i32.or', word, op('i32.shl', low, i32(index * bits)));
  }
  return word;
}
