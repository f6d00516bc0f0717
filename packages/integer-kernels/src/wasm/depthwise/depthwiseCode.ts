import { denseLayout } from '../../memory/tensorLayout.js';
import { windowAxes } from '../../ops/conv2d.js';
import type { DepthwiseConv2dOp } from '../../ops/depthwiseConv2d.js';
import { geometryOf, rowBytes, type Geometry } from '../geometry.js';
import { hasHalo, neededHalo } from '../neededHalo.js';
import type { OutputCode } from '../outputStage.js';
import type { OperandTensorLayouts } from '../wasmKernel.js';
import { stripGeometry, type PaddedStrip } from './paddedStrip.js';
import type { TapsAtOnce, TapSums } from './tapSums.js';

/** What the emitted module of a depthwise convolution depends on. */
export interface DepthwiseCode {
  readonly input: Geometry;
  readonly output: Geometry;
  /** Null where the input's halo holds all padding. */
  readonly strip: PaddedStrip | null;
  /** Bytes from one row of taps to the next, and from one pixel to the next. */
  readonly taps: { readonly rowBytes: number; readonly pixelBytes: number };
  readonly type: 'int8' | 'uint8';
  readonly kernel: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
  readonly top: number;
  readonly left: number;
  /** Output pixels that are made together. */
  readonly pixels: number;
  /** 2: products of pairs of bytes, by relaxed SIMD. */
  readonly tapsAtOnce: TapsAtOnce;
  readonly sums: TapSums;
  /** Whether sums are scaled as they are, not widened first. */
  readonly isScaled: boolean;
  readonly stored: OutputCode;
  readonly panel: PanelLayout;
}

/**
 * Where the constants of eight channels lie.
 *
 * Biases, two records, high and low factors if sums are scaled, the starts of whole sums, then the kernel rows: the starts of
 * their segments, if they have own ones, then their weights.
 */
export interface PanelLayout {
  readonly factorsOffset: number;
  readonly startsOffset: number;
  readonly rowsOffset: number;
  readonly rowBytes: number;
  /** Bytes of the starts at the head of a row. */
  readonly startBytes: number;
  readonly byteLength: number;
}

/** Pixels that are made together at most: their sums, the columns and the weights of a row fill the registers. */
const MAX_PIXELS = 4;

/** Settles everything that the code of a layer depends on. */
export function depthwiseCode(
  layer: DepthwiseConv2dOp,
  layouts: OperandTensorLayouts,
  how: Pick<DepthwiseCode, 'tapsAtOnce' | 'sums' | 'isScaled'>,
  stored: OutputCode,
): DepthwiseCode {
  const { strides, dilations, padding, weights, inputs } = layer;
  const [, kernelHeight, kernelWidth] = weights.shape;
  const input = geometryOf(inputs[0], layouts.inputs[0]);
  const output = geometryOf(layer.output, layouts.output);
  const { vertical, horizontal } = windowAxes(layer);
  const isDirect =
    layer.channelMultiplier === 1 && hasHalo(layouts.inputs[0], neededHalo(vertical, horizontal));
  const strip = isDirect ? null : stripOf(layer, input);
  const read = strip === null ? input : stripGeometry(strip);
  return {
    input,
    output,
    strip,
    taps: {
      rowBytes: rowBytes(read) * (strip === null ? dilations[0] : 1),
      pixelBytes: read.pixelBytes,
    },
    type: inputs[0].type === 'uint8' ? 'uint8' : 'int8',
    kernel: [kernelHeight, kernelWidth],
    strides,
    dilations,
    top: padding.top,
    left: padding.left,
    pixels: Math.ceil(output.width / Math.ceil(output.width / MAX_PIXELS)),
    ...how,
    stored,
    panel: panelLayout([kernelHeight, kernelWidth], how, stored),
  };
}

/** Scratch for the input rows that one output row sees; the same in every layout. */
export function stripByteLength(layer: DepthwiseConv2dOp): number {
  const { vertical, horizontal } = windowAxes(layer);
  const isPadded = Object.values(neededHalo(vertical, horizontal)).some((side) => side > 0);
  if (!isPadded && layer.channelMultiplier === 1) return 0;
  const [input] = layer.inputs;
  const { imageRows, rowPixels, pixelBytes } = stripGeometry(
    stripOf(layer, geometryOf(input, denseLayout(input))),
  );
  return imageRows * rowPixels * pixelBytes;
}

function panelLayout(
  [height, width]: readonly [number, number],
  { tapsAtOnce, sums, isScaled }: Pick<DepthwiseCode, 'tapsAtOnce' | 'sums' | 'isScaled'>,
  { recordBytes }: OutputCode,
): PanelLayout {
  const { areWhole, areCentered, segments } = sums;
  const startBytes = areCentered ? segments.length * 16 : 0;
  const factorsOffset = 32 + 2 * recordBytes;
  const startsOffset = factorsOffset + (isScaled ? 48 : 0);
  const rowsOffset = startsOffset + (areWhole ? startBytes : 0);
  const ofRow = areWhole ? 0 : startBytes;
  const bytesOfRow = ofRow + Math.ceil(width / tapsAtOnce) * 16;
  return {
    factorsOffset,
    startsOffset,
    rowsOffset,
    rowBytes: bytesOfRow,
    startBytes: ofRow,
    byteLength: rowsOffset + height * bytesOfRow,
  };
}

function stripOf(
  { weights, strides, dilations, padding, channelMultiplier, output }: DepthwiseConv2dOp,
  input: Geometry,
): PaddedStrip {
  return {
    input,
    rows: weights.shape[1],
    dilation: dilations[0],
    pixels: (output.shape[2] - 1) * strides[1] + (weights.shape[2] - 1) * dilations[1] + 1,
    left: padding.left,
    paddingValue: padding.value,
    channelMultiplier,
  };
}
