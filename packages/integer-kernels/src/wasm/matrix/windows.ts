import type { ActivationSpec } from '../../activation.js';
import type { LayoutRequest } from '../../backend.js';
import type { Geometry } from '../geometry.js';

/** Windows that slide over an image batch. */
export interface Sliding {
  readonly input: ActivationSpec;
  readonly output: ActivationSpec;
  /** `[height, width]`, as are strides and dilations. */
  readonly kernel: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
  readonly padding: { readonly top: number; readonly left: number; readonly value: number };
  readonly groups: number;
}

/** Windows in memory: one for each output pixel. */
export interface Windows {
  readonly batch: number;
  /** Output rows and columns. */
  readonly rows: number;
  readonly columns: number;
  readonly image: {
    readonly height: number;
    readonly width: number;
    readonly pixelBytes: number;
    readonly rowBytes: number;
    readonly imageBytes: number;
    /** Bytes before the first value. */
    readonly originBytes: number;
  };
  readonly kernel: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
  /** How far windows reach beyond the image, in pixels. */
  readonly reach: LayoutRequest['halo'];
  /** Input channels, of all groups. */
  readonly channels: number;
  readonly groups: number;
}

/** Where windows read: the input itself, or a copy of the rows that a block needs. */
export interface WindowPlace {
  readonly pixelBytes: number;
  readonly rowBytes: number;
  readonly imageBytes: number;
  /** Bytes before the first window. */
  readonly startBytes: number;
}

/** Windows of an op whose input and output are images or rows of pixels. */
export function windowsOf(sliding: Sliding, input: Geometry, output: Geometry): Windows {
  const { kernel, dilations, groups } = sliding;
  const { channels } = input;
  const reach = haloReach(sliding, input, output);
  // Windows of one value that leave others out see a smaller image whose rows or pixels lie further apart.
  const everyRow = kernel[0] === 1 && reach.top + reach.bottom === 0 ? sliding.strides[0] : 1;
  const everyPixel = kernel[1] === 1 && reach.left + reach.right === 0 ? sliding.strides[1] : 1;
  const rowBytes = input.rowPixels * input.pixelBytes;
  return {
    batch: output.batch,
    rows: output.height,
    columns: output.width,
    image: {
      height: everyRow > 1 ? output.height : input.height,
      width: everyPixel > 1 ? output.width : input.width,
      pixelBytes: input.pixelBytes * everyPixel,
      rowBytes: rowBytes * everyRow,
      imageBytes: rowBytes * input.imageRows,
      originBytes: input.originPixels * input.pixelBytes,
    },
    kernel,
    strides: [sliding.strides[0] / everyRow, sliding.strides[1] / everyPixel],
    dilations,
    reach,
    channels,
    groups,
  };
}

/** Whether every window is one value inside the image. */
export function isPointwise({ kernel, reach }: Windows): boolean {
  return kernel[0] * kernel[1] === 1 && reach.top + reach.bottom + reach.left + reach.right === 0;
}

/** How far windows reach beyond the image on each side, in pixels. */
export function haloReach(
  { kernel, strides, dilations, padding: { top, left } }: Sliding,
  input: Pick<Geometry, 'height' | 'width'>,
  output: Pick<Geometry, 'height' | 'width'>,
): LayoutRequest['halo'] {
  const after = (axis: 0 | 1, inputSize: number, outputSize: number, before: number): number =>
    Math.max(
      0,
      (outputSize - 1) * strides[axis] + (kernel[axis] - 1) * dilations[axis] - before - inputSize + 1,
    );
  return {
    top,
    bottom: after(0, input.height, output.height, top),
    left,
    right: after(1, input.width, output.width, left),
  };
}

/** Rows that one window spans, gaps of a dilation included. */
export function windowRows({ kernel, dilations }: Windows): number {
  return (kernel[0] - 1) * dilations[0] + 1;
}

/** Rows and columns that the windows of one image span, padding included. */
export function spanOf(windows: Windows): { readonly rows: number; readonly columns: number } {
  const { rows, columns, kernel, strides, dilations } = windows;
  return {
    rows: (rows - 1) * strides[0] + windowRows(windows),
    columns: (columns - 1) * strides[1] + (kernel[1] - 1) * dilations[1] + 1,
  };
}

/** Windows that read the input where it lies: its halo holds the padding. */
export function inputPlace({ image, reach: { top, left } }: Windows): WindowPlace {
  const { pixelBytes, rowBytes, imageBytes, originBytes } = image;
  return { pixelBytes, rowBytes, imageBytes, startBytes: originBytes - top * rowBytes - left * pixelBytes };
}

/** Windows that read a copy, without gaps, of pixels of so many bytes. */
export function copyPlace(windows: Windows, pixelBytes: number): WindowPlace {
  const span = spanOf(windows);
  const rowBytes = span.columns * pixelBytes;
  return { pixelBytes, rowBytes, imageBytes: span.rows * rowBytes, startBytes: 0 };
}

/** The pieces of a window that lie together: loops over rows and taps, each piece `length` values. */
export interface WindowRuns {
  readonly rows: number;
  readonly rowBytes: number;
  readonly taps: number;
  readonly tapBytes: number;
  readonly length: number;
}

/** The runs of every window: whole kernel rows where all their values lie side by side, else taps. */
export function runsOf(windows: Windows, place: WindowPlace, valueBytes: number): WindowRuns {
  const { kernel, dilations, channels, groups } = windows;
  const [height, width] = kernel;
  const rowBytes = dilations[0] * place.rowBytes;
  const isWhole = groups === 1 && dilations[1] === 1 && place.pixelBytes === channels * valueBytes;
  if (isWhole || width === 1) {
    return { rows: height, rowBytes, taps: 1, tapBytes: 0, length: (width * channels) / groups };
  }
  const tapBytes = dilations[1] * place.pixelBytes;
  return { rows: height, rowBytes, taps: width, tapBytes, length: channels / groups };
}
