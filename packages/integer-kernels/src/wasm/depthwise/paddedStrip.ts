import {
  add,
  i32,
  isBelow,
  load,
  multiply,
  type FunctionBuilder,
  type Local,
  type Value,
} from '../emitter/index.js';
import { rowBytes, type Geometry } from '../geometry.js';

/** Rows of an image, copied one below the other with their padding around them. */
export interface PaddedStrip {
  readonly input: Geometry;
  /** Rows of the strip, and rows of the image from one to the next. */
  readonly rows: number;
  readonly dilation: number;
  /** Pixels of a row, and how many of them stand before the image. */
  readonly pixels: number;
  readonly left: number;
  readonly paddingValue: number;
  /** How often each channel stands in the strip. */
  readonly channelMultiplier: number;
}

/** The strip as a tensor of one image. */
export function stripGeometry({ input, rows, pixels, channelMultiplier }: PaddedStrip): Geometry {
  const channels = input.channels * channelMultiplier;
  return {
    batch: 1,
    height: rows,
    width: pixels,
    channels,
    elementBytes: 1,
    pixelBytes: channels,
    rowPixels: pixels,
    imageRows: rows,
    originPixels: 0,
    tailBytes: 0,
  };
}

/** Fills the strip with the rows from `y` on, which may lie outside the image at `image`. Changes `y`. */
export function emitPaddedStrip(
  f: FunctionBuilder,
  strip: PaddedStrip,
  image: Local<'i32'>,
  y: Local<'i32'>,
  scratch: Local<'i32'>,
): void {
  const { input, rows, dilation, pixels, left, paddingValue } = strip;
  const { pixelBytes } = stripGeometry(strip);
  const inside = Math.max(0, Math.min(input.width, pixels - left));
  const target = f.local('i32', 'stripRow');
  const source = f.local('i32', 'stripSource');
  const fill = (from: number, count: number): void => {
    if (count > 0) f.fill(add(target, from * pixelBytes), i32(paddingValue), i32(count * pixelBytes));
  };
  f.set(target, scratch);
  f.repeat(f.local('i32', 'stripRowsLeft'), rows, () => {
    f.if(
      isBelow(y, input.height),
      () => {
        fill(0, Math.min(left, pixels));
        fill(left + inside, pixels - left - inside);
        f.set(source, add(image, multiply(y, rowBytes(input))));
        if (inside > 0) emitPixels(f, strip, inside, source, add(target, left * pixelBytes));
      },
      () => {
        fill(0, pixels);
      },
    );
    f.increase(y, dilation);
    f.increase(target, pixels * pixelBytes);
  });
}

/** Copies pixels; in one go where nothing lies between them. */
function emitPixels(
  f: FunctionBuilder,
  { input, channelMultiplier }: PaddedStrip,
  count: number,
  source: Local<'i32'>,
  start: Value<'i32'>,
): void {
  if (channelMultiplier === 1 && input.pixelBytes === input.channels) {
    f.copy(start, source, i32(count * input.channels));
    return;
  }
  const target = f.local('i32', 'stripTarget');
  f.set(target, start);
  f.repeat(f.local('i32', 'stripPixelsLeft'), count, () => {
    if (channelMultiplier === 1) f.copy(target, source, i32(input.channels));
    else emitRepeated(f, input.channels, channelMultiplier, source, target);
    f.increase(source, input.pixelBytes - (channelMultiplier > 1 ? input.channels : 0));
    if (channelMultiplier === 1) f.increase(target, input.channels);
  });
}

/** Writes each channel `times` times; moves both pointers behind the channels. */
function emitRepeated(
  f: FunctionBuilder,
  channels: number,
  times: number,
  source: Local<'i32'>,
  target: Local<'i32'>,
): void {
  const value = f.local('i32', 'stripValue');
  f.repeat(f.local('i32', 'stripChannelsLeft'), channels, () => {
    f.set(value, load('i32.load8_u', source));
    if (times > 8) f.fill(target, value, i32(times));
    else for (let index = 0; index < times; index += 1) f.store('i32.store8', target, value, index);
    f.increase(source, 1);
    f.increase(target, times);
  });
}
