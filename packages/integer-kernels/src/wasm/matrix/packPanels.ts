import { loadBytes, loadHalfwords } from '../elements.js';
import {
  add,
  i32,
  i32x4,
  isLess,
  load,
  multiply,
  op,
  quotient,
  remainder,
  smaller,
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
  panelLanes,
  type PanelShape,
} from './panelShape.js';
import { laneGroups, productOf, stepWeightBytes, type ProductCode } from './product.js';

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
  const groupBytes = stepBytes / laneGroups(product);
  const high = f.local('v128', 'highValues');
  const emitGroup = (count: number, group: number): void => {
    const first = group * GROUP_CHANNELS;
    rows.forEach((local, index) => {
      const offset = index * rowBytes + first;
      if (index < count) {
        emitLoad(f, shape, row, offset, local, Math.min(GROUP_CHANNELS, channels - first));
        const highChannels = channels - panelLanes(product) - first;
        if (product.pairing === undefined || highChannels <= 0) return;
        emitLoad(f, shape, row, offset + panelLanes(product), high, Math.min(GROUP_CHANNELS, highChannels));
        f.set(local, asPair(product, local, high));
      } else f.set(local, i32x4(0));
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
    for (let first = 0; first < Math.min(channels, panelLanes(product)); first += GROUP_CHANNELS) {
      emitGroup(count, first / GROUP_CHANNELS);
    }
    f.increase(row, depth * rowBytes);
    f.increase(target, stepBytes);
  };
  const steps = Math.floor(panels.runLength / depth);
  f.repeat(f.local('i32', 'steps'), steps, () => {
    emitStep(depth);
  });
  if (panels.runLength % depth > 0) emitStep(panels.runLength % depth);
}

/** int16 weights of two channels in one vector. */
function asPair({ pairing }: ProductCode, low: Value<'v128'>, high: Value<'v128'>): Value<'v128'> {
  return op('i16x8.add', low, op('i16x8.shl', high, i32(pairing?.shift ?? 0)));
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
  const lanes = panelLanes(panels.product);
  const last = Math.min(lanes, lastPanelChannels(panels));
  const lane = f.local('i32', 'lane');
  const endLane = f.local('i32', 'endLane');
  const from = f.local('i32', 'from');
  const to = f.local('i32', 'to');
  const panel = quotient(lane, lanes);
  f.set(endLane, smaller(multiply(end, lanes), (panelCount(panels) - 1) * lanes + last));
  f.range(lane, multiply(begin, lanes), endLane, 1, () => {
    const ofPanel = add(multiply(panel, panelChannels(panels)), remainder(lane, lanes));
    f.set(from, add(source, multiply(ofPanel, rowBytes)));
    const laneBytes = stepWeightBytes(panels.product) / lanes;
    const inPanel = multiply(remainder(lane, lanes), laneBytes);
    f.set(to, add(add(target, multiply(panel, panelBytes(panels))), inPanel));
    const pack = (highOffset?: number) => () => {
      emitLane(f, shape, from, to, highOffset);
    };
    if (panels.product.pairing === undefined) pack()();
    else f.if(isLess(ofPanel, panels.channels - lanes), pack(lanes * rowBytes), pack());
  });
}

/** Writes one lane of a panel; `highOffset` is the distance to the row of the second channel, where there is one. */
function emitLane(
  f: FunctionBuilder,
  shape: PackShape,
  from: Local<'i32'>,
  to: Local<'i32'>,
  highOffset?: number,
): void {
  const { product, runLength } = shape.panels;
  const { depth } = productOf(product);
  const stepBytes = stepWeightBytes(product);
  const [storeLane, store] =
    depth * product.weightBytes === 4
      ? (['v128.store32_lane', 'i32.store'] as const)
      : (['v128.store16_lane', 'i32.store16'] as const);
  const values = f.local('v128', 'values');
  const high = f.local('v128', 'highValues');
  const vectorSteps = product.weightBytes === 2 ? 4 : 16 / depth;
  const vectorDepth = vectorSteps * depth;
  const vectors = Math.floor(runLength / vectorDepth);
  f.repeat(f.local('i32', 'vectors'), vectors, () => {
    emitLoad(f, shape, from, 0, values, vectorDepth);
    if (highOffset !== undefined) {
      emitLoad(f, shape, from, highOffset, high, vectorDepth);
      f.set(values, asPair(product, values, high));
    }
    for (let step = 0; step < vectorSteps; step += 1) {
      f.storeLane(storeLane, step, to, values, step * stepBytes);
    }
    f.increase(from, vectorDepth);
    f.increase(to, vectorSteps * stepBytes);
  });
  for (let first = 0; first < runLength - vectors * vectorDepth; first += depth) {
    const count = Math.min(depth, runLength - vectors * vectorDepth - first);
    f.store(store, to, packedWord(shape, from, first, count, highOffset), (first / depth) * stepBytes);
  }
}

/** The values of one lane in one step as one word. */
function packedWord(
  { panels: { product }, type, zeroPoint }: PackShape,
  address: Local<'i32'>,
  first: number,
  count: number,
  highOffset?: number,
): Value<'i32'> {
  const bits = 8 * product.weightBytes;
  const valueAt = (offset: number): Value<'i32'> =>
    add(load(type === 'int8' ? 'i32.load8_s' : 'i32.load8_u', address, offset), -zeroPoint);
  let word: Value<'i32'> = i32(0);
  for (let index = first; index < first + count; index += 1) {
    const high =
      highOffset === undefined
        ? 0
        : op('i32.shl', valueAt(highOffset + index), i32(product.pairing?.shift ?? 0));
    const low = op('i32.and', add(valueAt(index), high), i32(2 ** bits - 1));
    word = op('i32.or', word, op('i32.shl', low, i32((index - first) * bits)));
  }
  return word;
}
