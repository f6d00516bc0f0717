import { emitChannelGroups } from '../channelGroups.js';
import { loadHalfwords } from '../elements.js';
import {
  add,
  i32,
  i32x4,
  load,
  multiply,
  op,
  type FunctionBuilder,
  type FunctionReference,
  type Local,
  type ModuleBuilder,
  type Value,
} from '../emitter/index.js';
import { interleaveHigh, interleaveLow } from '../interleave.js';
import { PANEL_CHANNELS, panelBytes, panelCount, type PanelShape } from './panelShape.js';

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

const PAIR_BYTES = PANEL_CHANNELS * 4;

/** Adds the function that writes int16 panels `[channels / 8][depthPairs][8][2]`, zero beyond the depth. */
export function addPackPanels(module: ModuleBuilder, shape: PackShape): FunctionReference<undefined> {
  return module.function({ parameters: { source: 'i32', target: 'i32' } }, (f, { source, target }) => {
    if (shape.isTransposed) emitTransposed(f, shape, source, target);
    else emitDepthMajor(f, shape, source, target);
  });
}

/** Stored rows are depths: two of them, eight channels wide, are interleaved. */
function emitDepthMajor(
  f: FunctionBuilder,
  shape: PackShape,
  source: Local<'i32'>,
  target: Local<'i32'>,
): void {
  const { panels, type, zeroPoint, rowBytes } = shape;
  const row = f.local('i32', 'row');
  const to = f.local('i32', 'to');
  const first = f.local('v128', 'first');
  const second = f.local('v128', 'second');
  const splat = op('i16x8.splat', i32(zeroPoint));
  const loadRow = (local: Local<'v128'>, offset: number, count: number): void => {
    f.set(local, loadHalfwords(f, type, row, offset, count, local));
    f.set(local, op('i16x8.sub', local, splat));
  };
  const storePair = (): void => {
    f.store('v128.store', to, interleaveLow(first, second));
    f.store('v128.store', to, interleaveHigh(first, second), 16);
    f.increase(to, PAIR_BYTES);
  };
  const moving = [
    { local: source, groupBytes: PANEL_CHANNELS },
    { local: target, groupBytes: panelBytes(panels) },
  ];
  emitChannelGroups(f, panels.channels, moving, (count) => {
    f.set(row, source);
    f.set(to, target);
    f.repeat(f.local('i32', 'pairs'), panels.depth >> 1, () => {
      loadRow(first, 0, count);
      loadRow(second, rowBytes, count);
      storePair();
      f.increase(row, 2 * rowBytes);
    });
    f.set(second, i32x4(0));
    if (panels.depth % 2 === 1) {
      loadRow(first, 0, count);
      storePair();
    }
    f.set(first, i32x4(0));
    for (let pair = (panels.depth + 1) >> 1; pair < panels.depthPairs; pair += 1) storePair();
  });
}

/** Stored rows are channels: pairs of depths go to the lane of the channel. */
function emitTransposed(
  f: FunctionBuilder,
  shape: PackShape,
  source: Local<'i32'>,
  target: Local<'i32'>,
): void {
  const { panels, type, zeroPoint } = shape;
  const { depth, depthPairs } = panels;
  const channel = f.local('i32', 'channel');
  const from = f.local('i32', 'from');
  const to = f.local('i32', 'to');
  const values = f.local('v128', 'values');
  const splat = op('i16x8.splat', i32(zeroPoint));
  emitLanePointers(f, shape, source, target, { channel, from, to }, () => {
    f.repeat(f.local('i32', 'octets'), depth >> 3, () => {
      f.set(values, op('i16x8.sub', loadHalfwords(f, type, from, 0, 8, values), splat));
      for (let pair = 0; pair < 4; pair += 1) {
        f.storeLane('v128.store32_lane', pair, to, values, pair * PAIR_BYTES);
      }
      f.increase(from, 8);
      f.increase(to, 4 * PAIR_BYTES);
    });
    const rest = depth & 7;
    for (let k = 0; k < rest; k += 2) {
      const low = op('i32.and', storedValue(shape, from, k), i32(0xffff));
      const high = k + 1 < rest ? storedValue(shape, from, k + 1) : i32(0);
      f.store('i32.store', to, op('i32.or', low, op('i32.shl', high, i32(16))), (k >> 1) * PAIR_BYTES);
    }
    const written = (rest + 1) >> 1;
    for (let pair = (depth + 1) >> 1; pair < depthPairs; pair += 1) {
      f.store('i32.store', to, i32(0), (written + pair - ((depth + 1) >> 1)) * PAIR_BYTES);
    }
  });
}

/** Visits every channel with its stored row and its lane of the panels. */
function emitLanePointers(
  f: FunctionBuilder,
  { panels, rowBytes }: PackShape,
  source: Local<'i32'>,
  target: Local<'i32'>,
  locals: { readonly channel: Local<'i32'>; readonly from: Local<'i32'>; readonly to: Local<'i32'> },
  body: () => void,
): void {
  const { channel, from, to } = locals;
  f.range(channel, 0, panels.channels, 1, () => {
    f.set(from, add(source, multiply(channel, rowBytes)));
    const panel =
      panelCount(panels) === 1 ? i32(0) : multiply(op('i32.shr_u', channel, i32(3)), panelBytes(panels));
    const lane = multiply(op('i32.and', channel, i32(7)), 4);
    f.set(to, add(add(target, panel), lane));
    body();
  });
}

function storedValue({ type, zeroPoint }: PackShape, address: Local<'i32'>, offset: number): Value<'i32'> {
  return add(load(type === 'int8' ? 'i32.load8_s' : 'i32.load8_u', address, offset), -zeroPoint);
}
