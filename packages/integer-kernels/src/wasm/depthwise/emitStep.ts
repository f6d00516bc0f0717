import { groupLocals, loadBytes, loadHalfwords, type Group } from '../elements.js';
import { add, i32x4, load, op, type FunctionBuilder, type Local, type Value } from '../emitter/index.js';
import { interleaveBytes, interleaveHigh, interleaveLow } from '../interleave.js';
import type { OutputStage } from '../outputStage.js';
import type { DepthwiseCode } from './depthwiseCode.js';

/** Addresses of one group of channels. */
export interface StepPointers {
  /** The first value that the window of the first pixel sees. */
  readonly source: Local<'i32'>;
  readonly target: Local<'i32'>;
  readonly panel: Local<'i32'>;
}

/** What is summed for one output pixel: int16 lanes for each segment, and what becomes of them. */
interface PixelSums {
  readonly segments: readonly Local<'v128'>[];
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
    segments: sums.segments.map((_segment, index) => f.local('v128', `sum${pixel}_${index}`)),
    // Where sums are whole, totals live only while two pixels are finished.
    total: groupLocals(f, `total${sums.areWhole ? pixel % 2 : pixel}`),
  }));
  const base = groupLocals(f, 'base');
  const setBase = (): void => {
    f.set(base.low, load('v128.load', panel));
    f.set(base.high, load('v128.load', panel, 16));
  };
  if (!sums.areWhole) setBase();
  for (const { segments, total } of ofPixels) {
    if (sums.areWhole) {
      segments.forEach((sum, index) => {
        const center = load('v128.load', panel, layout.startsOffset + index * 16);
        f.set(sum, sums.areCentered ? center : f.constant(i32x4(0)));
      });
    } else {
      f.set(total.low, base.low);
      f.set(total.high, base.high);
    }
  }
  emitRows(f, code, source, panel, count, ofPixels);
  if (sums.areWhole) setBase();
  const widen = sums.areWhole && code.isScaled ? scaling(f, code, panel) : extendOnto;
  for (let pixel = 0; pixel < pixels; pixel += 2) {
    const pair = ofPixels.slice(pixel, pixel + 2);
    if (sums.areWhole) {
      for (const { segments, total } of pair) {
        segments.forEach((sum, index) => {
          widen(f, total, index === 0 ? base : total, sum, count);
        });
      }
    }
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
function scaling(
  f: FunctionBuilder,
  { tapsAtOnce, panel: { factorsOffset } }: DepthwiseCode,
  panel: Local<'i32'>,
): Widen {
  // The factor is never -2^15, where alone the two might differ.
  const multiply = tapsAtOnce === 2 ? 'i16x8.relaxed_q15mulr_s' : 'i16x8.q15mulr_sat_s';
  const high = groupLocals(f, 'highFactor');
  const low = f.local('v128', 'lowFactor');
  const rest = f.local('v128', 'lowProduct');
  f.set(high.low, load('v128.load', panel, factorsOffset));
  f.set(high.high, load('v128.load', panel, factorsOffset + 16));
  f.set(low, load('v128.load', panel, factorsOffset + 32));
  return (_f, total, base, sum, count) => {
    f.set(rest, op(multiply, sum, low));
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
  code: DepthwiseCode,
  source: Local<'i32'>,
  panelStart: Local<'i32'>,
  count: number,
  ofPixels: readonly PixelSums[],
): void {
  const { taps, kernel, sums, panel, tapsAtOnce } = code;
  const row = f.local('i32', 'tapRow');
  const panelRow = f.local('i32', 'panelRow');
  const weights = Array.from({ length: Math.ceil(kernel[1] / tapsAtOnce) }, (_, index) =>
    f.local('v128', `weights${index}`),
  );
  const accumulate = (pixel: PixelSums, x: number, value: Local<'v128'>): void => {
    const weight = weights[x / tapsAtOnce];
    const product =
      tapsAtOnce === 2
        ? op('i16x8.relaxed_dot_i8x16_i7x16_s', weight, value)
        : op('i16x8.mul', value, weight);
    const index = sums.segments.findIndex(({ to }) => x < to);
    const { from, to } = sums.segments[index];
    const sum = pixel.segments[index];
    if (sums.areWhole || x > from) f.set(sum, op('i16x8.add', sum, product));
    else if (panel.startBytes === 0) f.set(sum, product);
    else f.set(sum, op('i16x8.add', load('v128.load', panelRow, index * 16), product));
    if (!sums.areWhole && x + tapsAtOnce >= to) extendOnto(f, pixel.total, pixel.total, sum, count);
  };
  f.set(row, source);
  f.set(panelRow, add(panelStart, panel.rowsOffset));
  f.repeat(f.local('i32', 'rowsLeft'), kernel[0], () => {
    weights.forEach((local, index) => {
      f.set(local, load('v128.load', panelRow, panel.startBytes + index * 16));
    });
    const valueOf = tapsAtOnce === 2 ? pairLoader(f, code, row, count) : columnLoader(f, code, row, count);
    for (const { columns, uses } of valueUses(code)) {
      const value = valueOf(columns);
      for (const { pixel, x } of uses) accumulate(ofPixels[pixel], x, value);
    }
    f.increase(row, taps.rowBytes);
    f.increase(panelRow, panel.rowBytes);
  });
}

/** Loads what one product takes: the columns of a row. */
type ValueLoader = (columns: readonly number[]) => Local<'v128'>;

/** One column as int16 lanes. */
function columnLoader(
  f: FunctionBuilder,
  { type, taps }: DepthwiseCode,
  row: Local<'i32'>,
  count: number,
): ValueLoader {
  const value = f.local('v128', 'value');
  return ([column]) => {
    f.set(value, loadHalfwords(f, type, row, column * taps.pixelBytes, count, value));
    return value;
  };
}

/** Two columns as pairs of bytes; each column is loaded once. */
function pairLoader(
  f: FunctionBuilder,
  { taps }: DepthwiseCode,
  row: Local<'i32'>,
  count: number,
): ValueLoader {
  const loaded = new Map<number, Local<'v128'>>();
  const columnOf = (column: number): Local<'v128'> => {
    const local = f.local('v128', `column${column}`);
    if (!loaded.has(column)) loadBytes(f, row, column * taps.pixelBytes, local, count);
    loaded.set(column, local);
    return local;
  };
  const value = f.local('v128', 'value');
  return ([first, second]) => {
    f.set(value, interleaveBytes(columnOf(first), columnOf(second)));
    return value;
  };
}

/** Columns that are multiplied at once, and by which taps of which pixels. */
interface ValueUse {
  readonly columns: readonly number[];
  readonly uses: { readonly pixel: number; readonly x: number }[];
}

/** Everything that the windows of a step's pixels see in a row, from left to right. A pair without a second tap sees its first twice. */
function valueUses({ kernel, pixels, strides, dilations, tapsAtOnce }: DepthwiseCode): ValueUse[] {
  const values = new Map<string, ValueUse>();
  for (let pixel = 0; pixel < pixels; pixel += 1) {
    for (let x = 0; x < kernel[1]; x += tapsAtOnce) {
      const columns = Array.from(
        { length: tapsAtOnce },
        (_, index) => pixel * strides[1] + Math.min(x + index, kernel[1] - 1) * dilations[1],
      );
      const known = values.get(columns.join()) ?? { columns, uses: [] };
      known.uses.push({ pixel, x });
      values.set(columns.join(), known);
    }
  }
  return [...values.values()].sort((a, b) => a.columns[0] - b.columns[0]);
}
