import { groupLocals, loadHalfwords, type Group } from '../elements.js';
import { add, i32x4, load, op, type FunctionBuilder, type Local, type Value } from '../emitter/index.js';
import type { OutputStage } from '../outputStage.js';
import type { DepthwiseCode } from './depthwiseCode.js';

/** Addresses of one group of channels. */
export interface StepPointers {
  /** The first value that the window of the first pixel sees. */
  readonly source: Local<'i32'>;
  readonly target: Local<'i32'>;
  readonly panel: Local<'i32'>;
}

/** What is summed for one output pixel. */
interface PixelSums {
  readonly halfwords: Local<'v128'>;
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
  const { pixels, output, sums } = code;
  const ofPixels = Array.from({ length: pixels }, (_, pixel): PixelSums => ({
    halfwords: f.local('v128', `sum${pixel}`),
    // Totals of whole sums live only while two pixels are finished.
    total: groupLocals(f, `total${sums.isWhole ? pixel % 2 : pixel}`),
  }));
  const base = [load('v128.load', panel), load('v128.load', panel, 16)];
  const start = sums.isCentered ? load('v128.load', panel, code.panel.rowsOffset - 16) : f.constant(i32x4(0));
  for (const { halfwords, total } of ofPixels) {
    if (sums.isWhole) f.set(halfwords, start);
    else {
      f.set(total.low, base[0]);
      f.set(total.high, base[1]);
    }
  }
  emitRows(f, code, source, panel, count, ofPixels);
  for (let pixel = 0; pixel < pixels; pixel += 2) {
    const pair = ofPixels.slice(pixel, pixel + 2);
    if (sums.isWhole) for (const each of pair) widenOnto(f, each, base, count);
    const parts = pair.map(({ total }, index) => ({
      lanes: total,
      address: target,
      offset: (pixel + index) * output.pixelBytes,
    }));
    stage.finish(f, parts, count, add(panel, 32));
  }
}

/** `total = starts + halfwords`, in int32 lanes. */
function widenOnto(
  f: FunctionBuilder,
  { halfwords, total: { low, high } }: PixelSums,
  starts: readonly Value<'v128'>[],
  count: number,
): void {
  f.set(low, op('i32x4.add', starts[0], op('i32x4.extend_low_i16x8_s', halfwords)));
  if (count > 4) f.set(high, op('i32x4.add', starts[1], op('i32x4.extend_high_i16x8_s', halfwords)));
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
  const { segments, isWhole } = sums;
  const weights = Array.from({ length: kernel[1] }, (_, x) => f.local('v128', `weights${x}`));
  const accumulate = (pixel: PixelSums, x: number): void => {
    const { halfwords, total } = pixel;
    const product = op('i16x8.mul', value, weights[x]);
    const index = segments.findIndex(({ to }) => x < to);
    const { from, to } = segments[index];
    if (isWhole || x > from) f.set(halfwords, op('i16x8.add', halfwords, product));
    else if (panel.startBytes === 0) f.set(halfwords, product);
    else f.set(halfwords, op('i16x8.add', load('v128.load', panelRow, index * 16), product));
    if (!isWhole && x === to - 1) widenOnto(f, pixel, [total.low, total.high], count);
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
