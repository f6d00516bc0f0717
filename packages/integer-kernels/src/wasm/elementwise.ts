import { emitChannelGroups, type ChannelPointer } from './channelGroups.js';
import { GROUP_CHANNELS } from './elements.js';
import {
  i32,
  isLess,
  multiply,
  op,
  select,
  type FunctionBuilder,
  type Local,
  type ModuleBuilder,
} from './emitter/index.js';
import { isDense, pixelAddress, pixelCount, type Geometry } from './geometry.js';
import { runParameters } from './runParameters.js';

/** Tensors of one shape that are walked together. */
export interface ElementwiseShape {
  readonly inputs: readonly Geometry[];
  readonly output: Geometry;
  /** Bytes of the records of one group of channels; 0 where all share one. */
  readonly recordGroupBytes: number;
}

/** Addresses of one group of channels. */
export interface ElementwisePointers {
  readonly inputs: readonly Local<'i32'>[];
  readonly output: Local<'i32'>;
  readonly record: Local<'i32'>;
}

type Body = (f: FunctionBuilder, pointers: ElementwisePointers, count: number) => void;

/** Whether the tensors are one long row: no gaps, and no difference between channels. */
function isFlat({ inputs, output, recordGroupBytes }: ElementwiseShape): boolean {
  return recordGroupBytes === 0 && [...inputs, output].every(isDense);
}

/** Units of work: groups of eight values where the tensors are one long row, else pixels. */
export function elementwiseRows(shape: ElementwiseShape): number {
  const pixels = pixelCount(shape.output);
  return isFlat(shape) ? Math.ceil((pixels * shape.output.channels) / GROUP_CHANNELS) : pixels;
}

/** Values that one unit of work visits. */
export function elementwiseRowCost(shape: ElementwiseShape): number {
  return isFlat(shape) ? GROUP_CHANNELS : shape.output.channels;
}

/** Adds the exported function of an op that treats value by value. */
export function addElementwiseRun(
  module: ModuleBuilder,
  exportName: string,
  shape: ElementwiseShape,
  body: Body,
): void {
  const inputs = Object.fromEntries(shape.inputs.map((_, index) => [`input${index}`, 'i32' as const]));
  module.function({ parameters: { ...inputs, ...runParameters }, exportName }, (f, from) => {
    const bases = {
      inputs: shape.inputs.map((_, index) => f.local('i32', `input${index}`)),
      output: from.output,
      record: from.constants,
    };
    if (isFlat(shape)) emitFlat(f, shape, bases, from, body);
    else emitPixels(f, shape, bases, from, body);
  });
}

interface RowRange {
  readonly begin: Local<'i32'>;
  readonly end: Local<'i32'>;
}

function emitFlat(
  f: FunctionBuilder,
  shape: ElementwiseShape,
  pointers: ElementwisePointers,
  { begin, end }: RowRange,
  body: Body,
): void {
  const values = pixelCount(shape.output) * shape.output.channels;
  const full = Math.floor(values / GROUP_CHANNELS);
  const moving = channelPointers(shape, pointers);
  for (const { local, groupBytes } of moving) f.increase(local, multiply(begin, groupBytes));
  const last = f.local('i32', 'last');
  f.set(last, select(op('i32.gt_s', end, i32(full)), full, end));
  f.range(f.local('i32', 'row'), begin, last, 1, () => {
    body(f, pointers, GROUP_CHANNELS);
    for (const { local, groupBytes } of moving) f.increase(local, groupBytes);
  });
  if (values % GROUP_CHANNELS === 0) return;
  f.if(isLess(full, end), () => {
    body(f, pointers, values % GROUP_CHANNELS);
  });
}

function emitPixels(
  f: FunctionBuilder,
  shape: ElementwiseShape,
  bases: ElementwisePointers,
  { begin, end }: RowRange,
  body: Body,
): void {
  const pixel = f.local('i32', 'pixel');
  const pointers = {
    inputs: bases.inputs.map((_, index) => f.local('i32', `inputPointer${index}`)),
    output: f.local('i32', 'outputPointer'),
    record: f.local('i32', 'recordPointer'),
  };
  f.range(pixel, begin, end, 1, () => {
    shape.inputs.forEach((geometry, index) => {
      f.set(pointers.inputs[index], pixelAddress(bases.inputs[index], geometry, pixel));
    });
    f.set(pointers.output, pixelAddress(bases.output, shape.output, pixel));
    f.set(pointers.record, bases.record);
    const moving = [
      ...channelPointers(shape, pointers),
      { local: pointers.record, groupBytes: shape.recordGroupBytes },
    ];
    emitChannelGroups(f, shape.output.channels, moving, (count) => {
      body(f, pointers, count);
    });
  });
}

function channelPointers(shape: ElementwiseShape, pointers: ElementwisePointers): ChannelPointer[] {
  const locals = [...pointers.inputs, pointers.output];
  return [...shape.inputs, shape.output].map(({ elementBytes }, index) => ({
    local: locals[index],
    groupBytes: elementBytes * GROUP_CHANNELS,
  }));
}
