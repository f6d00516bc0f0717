import {
  add,
  isBelow,
  multiply,
  quotient,
  remainder,
  subtract,
  type FunctionBuilder,
  type FunctionReference,
  type Local,
  type ModuleBuilder,
} from '../emitter/index.js';
import { pixelAddress, type Geometry } from '../geometry.js';
import { emitFillRun, emitWidenRun, type WidenCode } from './widenRun.js';

/** A sliding window over an image batch, and where its values and results lie. */
export interface PatchShape {
  readonly input: Geometry;
  readonly output: Geometry;
  readonly widen: WidenCode;
  readonly kernel: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
  readonly padding: {
    readonly top: number;
    readonly left: number;
    /** Whether any window reaches outside the image. */
    readonly isUsed: boolean;
    readonly value: number;
  };
  /** Input channels of a patch: all, or those of one group. */
  readonly channels: number;
  /** Bytes from one patch to the next. */
  readonly rowBytes: number;
}

interface PatchLocals {
  readonly source: Local<'i32'>;
  readonly target: Local<'i32'>;
  readonly x: Local<'i32'>;
  readonly y: Local<'i32'>;
}

/**
 * Adds the function that writes the patches of `count` output pixels as int16 rows, and the address of each pixel.
 *
 * A row is `[kernelHeight][kernelWidth][channels]`, the order of the weights, with the padding's value outside the image.
 */
export function addGather(module: ModuleBuilder, shape: PatchShape): FunctionReference<undefined> {
  const parameters = {
    input: 'i32',
    output: 'i32',
    rows: 'i32',
    targets: 'i32',
    first: 'i32',
    count: 'i32',
    channelOffset: 'i32',
  } as const;
  return module.function({ parameters }, (f, from) => {
    const locals: PatchLocals = {
      source: f.local('i32', 'source'),
      target: f.local('i32', 'target'),
      x: f.local('i32', 'x'),
      y: f.local('i32', 'y'),
    };
    f.repeat(f.local('i32', 'left'), from.count, () => {
      f.store('i32.store', from.targets, pixelAddress(from.output, shape.output, from.first));
      startPatch(f, shape, locals, from.input, from.first);
      f.increase(locals.source, from.channelOffset);
      f.set(locals.target, from.rows);
      emitPatch(f, shape, locals);
      f.increase(from.rows, shape.rowBytes);
      f.increase(from.targets, 4);
      f.increase(from.first, 1);
    });
  });
}

/** Position of the window's first value, and its address, which may lie outside the image. */
function startPatch(
  f: FunctionBuilder,
  { input, output, strides, padding }: PatchShape,
  { source, x, y }: PatchLocals,
  base: Local<'i32'>,
  pixel: Local<'i32'>,
): void {
  f.set(
    y,
    subtract(multiply(remainder(quotient(pixel, output.width), output.height), strides[0]), padding.top),
  );
  f.set(x, subtract(multiply(remainder(pixel, output.width), strides[1]), padding.left));
  const image = quotient(pixel, output.width * output.height);
  const row = add(multiply(image, input.imageRows), y);
  const position = add(add(multiply(row, input.rowPixels), x), input.originPixels);
  f.set(source, add(base, multiply(position, input.pixelBytes)));
}

function emitPatch(f: FunctionBuilder, shape: PatchShape, locals: PatchLocals): void {
  const { input, kernel, dilations, padding, channels } = shape;
  const { source, target, y } = locals;
  f.repeat(f.local('i32', 'kernelRows'), kernel[0], () => {
    if (padding.isUsed) {
      f.if(
        isBelow(y, input.height),
        () => {
          emitPatchRow(f, shape, locals);
        },
        () => {
          emitFillRun(f, padding.value, target, kernel[1] * channels);
        },
      );
      f.increase(y, dilations[0]);
    } else emitWholeRow(f, shape, locals);
    f.increase(source, dilations[0] * input.rowPixels * input.pixelBytes);
    f.increase(target, kernel[1] * channels * 2);
  });
}

/** One row of the window, whose left and right ends may lie outside the image. */
function emitPatchRow(f: FunctionBuilder, shape: PatchShape, locals: PatchLocals): void {
  const { input, kernel, dilations } = shape;
  const positions = input.width - (kernel[1] - 1) * dilations[1];
  if (positions <= 0) emitBorderRow(f, shape, locals);
  else {
    f.if(
      isBelow(locals.x, positions),
      () => {
        emitWholeRow(f, shape, locals);
      },
      () => {
        emitBorderRow(f, shape, locals);
      },
    );
  }
}

function emitWholeRow(f: FunctionBuilder, shape: PatchShape, { source, target }: PatchLocals): void {
  const { input, kernel, dilations, channels, widen } = shape;
  const isContiguous = kernel[1] === 1 || (input.pixelBytes === channels && dilations[1] === 1);
  if (isContiguous) {
    emitWidenRun(f, widen, source, target, kernel[1] * channels);
    return;
  }
  forEachTap(f, shape, { source, target }, (tap) => {
    emitWidenRun(f, widen, tap.source, tap.target, channels);
  });
}

function emitBorderRow(f: FunctionBuilder, shape: PatchShape, { source, target, x }: PatchLocals): void {
  const { input, dilations, channels, widen, padding } = shape;
  const tapX = f.local('i32', 'tapX');
  f.set(tapX, x);
  forEachTap(f, shape, { source, target }, (tap) => {
    f.if(
      isBelow(tapX, input.width),
      () => {
        emitWidenRun(f, widen, tap.source, tap.target, channels);
      },
      () => {
        emitFillRun(f, padding.value, tap.target, channels);
      },
    );
    f.increase(tapX, dilations[1]);
  });
}

/** Visits the taps of one row of the window from left to right. */
function forEachTap(
  f: FunctionBuilder,
  { input, kernel, dilations, channels }: PatchShape,
  start: Pick<PatchLocals, 'source' | 'target'>,
  body: (tap: Pick<PatchLocals, 'source' | 'target'>) => void,
): void {
  const tap = { source: f.local('i32', 'tapSource'), target: f.local('i32', 'tapTarget') };
  f.set(tap.source, start.source);
  f.set(tap.target, start.target);
  f.repeat(f.local('i32', 'taps'), kernel[1], () => {
    body(tap);
    f.increase(tap.source, dilations[1] * input.pixelBytes);
    f.increase(tap.target, channels * 2);
  });
}
