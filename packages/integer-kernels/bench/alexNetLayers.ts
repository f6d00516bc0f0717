import type { ActivationSpec, Conv2dOp, DenseOp, TensorValues, Weights } from '../src/index.js';

/** A layer to measure, and its input. */
export interface Layer {
  readonly name: string;
  readonly op: Conv2dOp | DenseOp;
  readonly input: TensorValues;
}

/** One row of the tables below: a convolution `size x size x channels -> filters`. */
interface ConvolutionRow {
  readonly size: number;
  readonly channels: number;
  readonly filters: number;
  readonly kernel: number;
}

const cifarConvolutions: readonly ConvolutionRow[] = [
  { size: 32, channels: 3, filters: 32, kernel: 3 },
  { size: 16, channels: 32, filters: 96, kernel: 3 },
  { size: 8, channels: 96, filters: 128, kernel: 3 },
  { size: 8, channels: 128, filters: 128, kernel: 3 },
  { size: 8, channels: 128, filters: 96, kernel: 3 },
];

const cifarDense: readonly (readonly [number, number])[] = [
  [1536, 512],
  [512, 512],
  [512, 10],
];

/** conv2 .. conv5 of torchvision's AlexNet. */
const imageNetConvolutions: readonly ConvolutionRow[] = [
  { size: 27, channels: 64, filters: 192, kernel: 5 },
  { size: 13, channels: 192, filters: 384, kernel: 3 },
  { size: 13, channels: 384, filters: 256, kernel: 3 },
  { size: 13, channels: 256, filters: 256, kernel: 3 },
];

/** The layers of the CIFAR-10 AlexNet at batch 1 and 64, and the inner convolutions of the ImageNet one at batch 1. */
export function alexNetLayers(): Layer[] {
  const ofCifar = [1, 64].flatMap((batch) => [
    ...cifarConvolutions.map((row) => convolution(row, batch)),
    ...cifarDense.map(([features, units]) => dense(features, units, batch)),
  ]);
  return [...ofCifar, ...imageNetConvolutions.map((row) => convolution(row, 1))];
}

function convolution({ size, channels, filters, kernel }: ConvolutionRow, batch: number): Layer {
  const depth = kernel * kernel * channels;
  const side = (kernel - 1) / 2;
  const padding = { top: side, bottom: side, left: side, right: side, value: 0 };
  const op: Conv2dOp = {
    op: 'conv2d',
    inputs: [activation([batch, size, size, channels])],
    output: activation([batch, size, size, filters]),
    weights: randomWeights([filters, kernel, kernel, channels]),
    bias: Int32Array.from({ length: filters }, () => random(-1000, 1000)),
    strides: [1, 1],
    dilations: [1, 1],
    padding,
    groups: 1,
    requantization: perChannel(filters, depth),
  };
  return {
    name: `${kernel}x${kernel} ${size}x${size}x${channels} -> ${filters}, batch ${batch}`,
    op,
    input: values(op),
  };
}

function dense(features: number, units: number, batch: number): Layer {
  const op: DenseOp = {
    op: 'dense',
    inputs: [activation([batch, features])],
    output: activation([batch, units]),
    weights: randomWeights([units, features]),
    bias: Int32Array.from({ length: units }, () => random(-1000, 1000)),
    requantization: perChannel(units, features),
  };
  return { name: `dense ${features} -> ${units}, batch ${batch}`, op, input: values(op) };
}

/** int8 after a ReLU. */
function activation(shape: readonly number[]): ActivationSpec {
  return { shape, type: 'int8', zeroPoint: 0, quantMin: 0, quantMax: 127 };
}

function values({ inputs }: Layer['op']): TensorValues {
  const length = inputs[0].shape.reduce((product, size) => product * size, 1);
  return Int8Array.from({ length }, () => random(0, 127));
}

function randomWeights(shape: readonly number[]): Weights {
  const length = shape.reduce((product, size) => product * size, 1);
  const data = Uint8Array.from({ length }, () => random(0, 255));
  return { bits: 8, code: 'twosComplement', zeroPoint: 0, shape, data };
}

/** Multipliers of 31 bits that spread the accumulators over the output range. */
function perChannel(channels: number, depth: number): Conv2dOp['requantization'] {
  const shift = 42 + Math.floor(Math.log2(depth) / 2);
  return {
    kind: 'multiplier',
    rounding: 'halfUp',
    multipliers: Int32Array.from({ length: channels }, () => random(1 << 30, 0x7fffffff)),
    shifts: Int32Array.from({ length: channels }, () => shift),
  };
}

let state = 1;

/** A whole number of `min .. max` from a fixed sequence. */
function random(min: number, max: number): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return min + Math.floor((state / 2 ** 32) * (max - min + 1));
}
