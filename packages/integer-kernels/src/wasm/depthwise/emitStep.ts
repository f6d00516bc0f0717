import { groupLocals, loadHalfwords, type Group } from '../elements.js';
import { add, i32x4, load, op, type FunctionBuilder, type Local, type Value } from '../emitter/index.js';
import { interleaveHigh, interleaveLow } from '../interleave.js';
import type { OutputStage } from '../outputStage.js';
import type { DepthwiseCode } from './depthwiseCode.js';

/** Addresses of one group of channels. */
export interface StepPointers {
  /** The first value that the window of the first pixel sees. */
  readonly source: Local<'i32'>;
  readonly target: Local<'i32'>;
  readonly panel: Local<'i32'>;
}

/** What is summed for one output pixel: int16 lanes, and what becomes of them. */
interface PixelSums {
  readonly sum: Local<'v128'>;
  readonly total: Group;
}

/** Makes some output pixels of a row, `count` (1 .. 8) channels of each: they share the columns that they load. */
export function emitStep(
  f: FunctionBuilder,
  code: DepthwiseCode,
  stage: OutputStage,
  { source, target, panel }: StepPointers,
  count: number,
): void {
  const { pixels, output, sums, panel: layout } = code;
  const ofPixels = Array.from({ length: pixels }, (_, pixel): PixelSums => ({
    sum: f.local('v128', `sum${pixel}`),
    // Where sums are whole, totals live only while two pixels are finished.
    total: groupLocals(f, `total${sums.isWhole ? pixel % 2 : pixel}`),
  }));
  const base = groupLocals(f, 'base');
  const setBase = (): void => {
    f.set(base.low, load('v128.load', panel));
    f.set(base.high, load('v128.load', panel, 16));
  };
  if (!sums.isWhole) setBase();
  const start = sums.isCentered ? load('v128.load', panel, layout.startsOffset) : f.constant(i32x4(0));
  for (const { sum, total } of ofPixels) {
    if (sums.isWhole) f.set(sum, start);
    else {
      f.set(total.low, base.low);
      f.set(total.high, base.high);
    }
  }
  emitRows(f, code, source, panel, count, ofPixels);
  if (sums.isWhole) setBase();
  const widen = sums.isWhole && code.isScaled ? scaling(f, panel, layout.factorsOffset) : extendOnto;
  for (let pixel = 0; pixel < pixels; pixel += 2) {
    const pair = ofPixels.slice(pixel, pixel + 2);
    if (sums.isWhole) for (const { sum, total } of pair) widen(f, total, base, sum, count);
    const parts = pair.map(({ total }, index) => ({
      lanes: total,
      address: target,
      offset: (pixel + index) * output.pixelBytes,
    }));
    stage.finish(f, parts, count, add(panel, 32));
  }
}

/** Sets `total = base +` what a sum of `count` int16 lanes stands for. */
type Widen = (f: FunctionBuilder, total: Group, base: Group, sum: Local<'v128'>, count: number) => void;

const extendOnto: Widen = (f, { low, high }, base, sum, count) => {
  f.set(low, op('i32x4.add', base.low, op('i32x4.extend_low_i16x8_s', sum)));
  if (count > 4) f.set(high, op('i32x4.add', base.high, op('i32x4.extend_high_i16x8_s', sum)));
};

/** Loads the factors of {@link scaledSums}, and multiplies by them while widening. */
function scaling(f: FunctionBuilder, panel: Local<'i32'>, factorsOffset: number): Widen {
  const high = groupLocals(f, 'highFactor');
  const low = f.local('v128', 'lowFactor');
  const rest = f.local('v128', 'lowProduct');
  f.set(high.low, load('v128.load', panel, factorsOffset));
  f.set(high.high, load('v128.load', panel, factorsOffset + 16));
  f.set(low, load('v128.load', panel, factorsOffset + 32));
  return (_f, total, base, sum, count) => {
    f.set(rest, op('i16x8.q15mulr_sat_s', sum, low));
    const product = (pairs: Value<'v128'>, factors: Local<'v128'>): Value<'v128'> =>
      op('i32x4.dot_i16x8_s', pairs, factors);
    f.set(total.low, op('i32x4.add', base.low, product(interleaveLow(sum, rest), high.low)));
    if (count > 4) {
      f.set(total.high, op('i32x4.add', base.high, product(interleaveHigh(sum, rest), high.high)));
    }
  };
}

/** Adds the products of all kernel rows. As a loop: engines would else compute sums where they are stored, and spill the rest. */
function emitRows(
  f: FunctionBuilder,
  { taps, type, kernel, strides, dilations, pixels, sums, panel }: DepthwiseCode,
  source: Local<'i32'>,
  panelStart: Local<'i32'>,
  count: number,
  ofPixels: readonly PixelSums[],
): void {
  const row = f.local('i32', 'tapRow');
  const panelRow = f.local('i32', 'panelRow');
  const value = f.local('v128', 'value');
  const weights = Array.from({ length: kernel[1] }, (_, x) => f.local('v128', `weights${x}`));
  const accumulate = ({ sum, total }: PixelSums, x: number): void => {
    const product = op('i16x8.mul', value, weights[x]);
    const index = sums.segments.findIndex(({ to }) => x < to);
    const { from, to } = sums.segments[index];
    if (sums.isWhole || x > from) f.set(sum, op('i16x8.add', sum, product));
    else if (panel.startBytes === 0) f.set(sum, product);
    else f.set(sum, op('i16x8.add', load('v128.load', panelRow, index * 16), product));
    if (!sums.isWhole && x === to - 1) extendOnto(f, total, total, sum, count);
  };
  f.set(row, source);
  f.set(panelRow, add(panelStart, panel.rowsOffset));
  f.repeat(f.local('i32', 'rowsLeft'), kernel[0], () => {
    weights.forEach((local, x) => {
      f.set(local, load('v128.load', panelRow, panel.startBytes + x * 16));
    });
    for (const [column, uses] of columnUses(kernel[1], pixels, strides[1], dilations[1])) {
      f.set(value, loadHalfwords(f, type, row, column * taps.pixelBytes, count, value));
      for (const { pixel, x } of uses) accumulate(ofPixels[pixel], x);
    }
    f.increase(row, taps.rowBytes);
    f.increase(panelRow, panel.rowBytes);
  });
}

interface ColumnUse {
  readonly pixel: number;
  readonly x: number;
}

/** The columns that the windows of some pixels see, from left to right, with who uses them. */
function columnUses(
  kernelWidth: number,
  pixels: number,
  stride: number,
  dilation: number,
): [number, ColumnUse[]][] {
  const uses = new Map<number, ColumnUse[]>();
  for (let pixel = 0; pixel < pixels; pixel += 1) {
    for (let x = 0; x < kernelWidth; x += 1) {
      const column = pixel * stride + x * dilation;
      uses.set(column, [...(uses.get(column) ?? []), { pixel, x }]);
    }
  }
  return [...uses].sort(([a], [b]) => a - b);
}
