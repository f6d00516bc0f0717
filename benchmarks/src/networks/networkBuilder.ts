import type { GraphNode, IntegerGraph } from '@bnfree/core';
import type { ActivationSpec, Op } from '@bnfree/integer-kernels';
import { activation, finishLayer, type OutputOptions } from './finishLayer.js';
import { deviationShare } from './randomActivations.js';
import { randomSource } from './randomSource.js';
import { randomWeights, type WeightBits } from './randomWeights.js';

/** A value of a network under construction. */
export interface NetworkValue {
  readonly name: string;
  readonly tensor: ActivationSpec;
  /** Expected root mean square of `stored - zeroPoint`; it scales the layers that read the value. */
  readonly rms: number;
  /** What a stored step is worth, in steps of a convolution's output. */
  readonly scale: number;
}

/** Weights of a layer, and what it gives. */
export interface LayerOptions extends OutputOptions {
  /** Default 8. */
  readonly weightBits?: WeightBits;
  /** Without the one level that has no opposite: of few levels it lets sums drift below zero. */
  readonly hasSymmetricWeights?: boolean;
}

export interface WindowOptions {
  readonly kernel: number;
  readonly stride?: number;
  readonly padding?: number;
}

/** Kernel and padding are numbers, or pairs of one for the height and one for the width. */
export interface ConvolutionOptions extends LayerOptions {
  readonly filters: number;
  readonly kernel: number | readonly [number, number];
  readonly stride?: number;
  readonly padding?: number | readonly [number, number];
}

/** Grows an integer graph with seeded random weights whose activations neither die out nor saturate. */
export interface NetworkBuilder {
  input(shape: readonly number[], kind: 'pixels' | 'relu' | 'linear', quantMax?: number): NetworkValue;
  conv(from: NetworkValue, options: ConvolutionOptions): NetworkValue;
  depthwise(from: NetworkValue, options: LayerOptions & WindowOptions): NetworkValue;
  dense(from: NetworkValue, units: number, options?: LayerOptions): NetworkValue;
  gemm(a: NetworkValue, b: NetworkValue, options?: LayerOptions): NetworkValue;
  maxPool(from: NetworkValue, options: WindowOptions): NetworkValue;
  averagePool(from: NetworkValue, options: WindowOptions): NetworkValue;
  globalAverage(from: NetworkValue): NetworkValue;
  /** `form`: exact products and one rounding, or rescaled operands, as TensorFlow Lite has it. Default `exact`. */
  add(a: NetworkValue, b: NetworkValue, output?: 'relu' | 'linear', form?: 'exact' | 'tflite'): NetworkValue;
  concat(...values: readonly NetworkValue[]): NetworkValue;
  flatten(from: NetworkValue): NetworkValue;
  /** Layers from here on are named `name`, then `name.1` and so on. */
  named(name: string): NetworkBuilder;
  graph(output: NetworkValue): IntegerGraph;
}

const zeroShift = { multiplier: 1, shift: 0 } as const;

export function networkBuilder(name: string, seed = 1): NetworkBuilder {
  const random = randomSource(seed);
  const inputs: IntegerGraph['inputs'][number][] = [];
  const nodes: GraphNode[] = [];
  let nextName = '';

  /** Names a node after its op unless a name was asked for. */
  const append = (op: Op, from: readonly NetworkValue[], rms: number, scale: number): NetworkValue => {
    const base = nextName === '' ? op.op : nextName;
    nextName = '';
    const taken = nodes.filter((node) => node.name === base || node.name.startsWith(`${base}.`)).length;
    const node = {
      name: taken === 0 ? base : `${base}.${taken}`,
      op,
      inputs: from.map((value) => value.name),
    };
    nodes.push(node);
    return { name: node.name, tensor: op.output, rms, scale };
  };

  const builder: NetworkBuilder = {
    input(shape, kind, quantMax = 127) {
      const tensor =
        kind === 'pixels'
          ? ({ shape, type: 'uint8', zeroPoint: 128, quantMin: 0, quantMax: 255 } as const)
          : activation(shape, kind, quantMax);
      const inputName = inputs.length === 0 ? 'image' : `image.${inputs.length}`;
      inputs.push({ name: inputName, tensor, scale: zeroShift });
      const deviation = quantMax * deviationShare;
      const rms =
        kind === 'pixels' ? 256 / Math.sqrt(12) : kind === 'relu' ? deviation / Math.SQRT2 : deviation;
      return { name: inputName, tensor, rms, scale: 1 };
    },
    conv(from, options) {
      const { filters, stride = 1, weightBits = 8 } = options;
      const kernel = pairOf(options.kernel);
      const padding = pairOf(options.padding ?? 0);
      const [batch, height, width, channels] = from.tensor.shape;
      const { weights, norms } = randomWeights(
        [filters, ...kernel, channels],
        weightBits,
        random,
        options.hasSymmetricWeights,
      );
      const sizes = [height, width].map((size, axis) =>
        windows(size, { kernel: kernel[axis], stride, padding: padding[axis] }),
      );
      const shape = [batch, ...sizes, filters];
      const { fields, rms } = finishLayer(shape, times(norms, from.rms), options, random);
      const op: Op = {
        op: 'conv2d',
        inputs: [from.tensor],
        ...fields,
        weights,
        strides: [stride, stride],
        dilations: [1, 1],
        padding: { ...sides(...padding), value: from.tensor.zeroPoint },
        groups: 1,
      };
      return append(op, [from], rms, 1);
    },
    depthwise(from, options) {
      const { kernel, stride = 1, padding = 0, weightBits = 8 } = options;
      const [batch, height, width, channels] = from.tensor.shape;
      const { weights, norms } = randomWeights([channels, kernel, kernel], weightBits, random);
      const shape = [batch, windows(height, options), windows(width, options), channels];
      const { fields, rms } = finishLayer(shape, times(norms, from.rms * channelSpread), options, random);
      const op: Op = {
        op: 'depthwiseConv2d',
        inputs: [from.tensor],
        ...fields,
        weights,
        strides: [stride, stride],
        dilations: [1, 1],
        padding: { ...sides(padding), value: from.tensor.zeroPoint },
        channelMultiplier: 1,
      };
      return append(op, [from], rms / usualSpread, 1);
    },
    dense(from, units, options = {}) {
      const [batch, features] = from.tensor.shape;
      const { weights, norms } = randomWeights(
        [units, features],
        options.weightBits ?? 8,
        random,
        options.hasSymmetricWeights,
      );
      const { fields, rms } = finishLayer([batch, units], times(norms, from.rms), options, random);
      return append({ op: 'dense', inputs: [from.tensor], ...fields, weights }, [from], rms, 1);
    },
    gemm(a, b, options = {}) {
      const [rows, depth] = a.tensor.shape;
      const shape = [rows, b.tensor.shape[1]];
      const sums = new Float64Array(shape[1]).fill(a.rms * b.rms * Math.sqrt(depth));
      const { fields, rms } = finishLayer(shape, sums, options, random);
      const op: Op = { op: 'gemm', inputs: [a.tensor, b.tensor], ...fields, transposeB: false };
      return append(op, [a, b], rms, 1);
    },
    maxPool(from, options) {
      const output = { ...from.tensor, shape: pooledShape(from, options) };
      // Neighbors are alike in part: the largest of nine is taken as twice, of four as one and a half times the usual one.
      const growth = Math.min(2, 1 + options.kernel / 4);
      return append(
        { op: 'maxPool2d', inputs: [from.tensor], output, ...poolWindow(options) },
        [from],
        from.rms * growth,
        from.scale,
      );
    },
    averagePool(from, options) {
      const output = { ...from.tensor, shape: pooledShape(from, options) };
      const op: Op = {
        op: 'averagePool2d',
        inputs: [from.tensor],
        output,
        ...poolWindow(options),
        rounding: 'halfUp',
      };
      return append(op, [from], from.rms, from.scale);
    },
    globalAverage(from) {
      const [batch, height, width, channels] = from.tensor.shape;
      const op: Op = {
        op: 'globalAveragePool2d',
        inputs: [from.tensor],
        output: { ...from.tensor, shape: [batch, channels] },
        requantization: { kind: 'divide', rounding: 'halfUp', divisors: Int32Array.of(height * width) },
      };
      return append(op, [from], from.rms, from.scale);
    },
    add(a, b, output = 'linear', form = 'exact') {
      const rms = Math.hypot(a.rms * a.scale, b.rms * b.scale);
      const scale = rms / (127 * deviationShare);
      const op: Op = {
        op: 'add',
        inputs: [a.tensor, b.tensor],
        output: activation(a.tensor.shape, output, 127),
        ...(form === 'tflite' ? rescaledSum(a.scale, b.scale, scale) : exactSum(a.scale, b.scale, scale)),
      };
      return append(op, [a, b], output === 'relu' ? (rms / scale) * rectifiedShare : rms / scale, scale);
    },
    concat(...values) {
      const [first] = values;
      const channels = values.reduce((sum, { tensor }) => sum + (tensor.shape.at(-1) ?? 0), 0);
      const op: Op = {
        op: 'concat',
        inputs: values.map(({ tensor }) => tensor),
        output: { ...first.tensor, shape: [...first.tensor.shape.slice(0, -1), channels] },
        axis: first.tensor.shape.length - 1,
        rescales: values.map(() => zeroShift),
        rounding: 'halfUp',
      };
      return append(op, values, first.rms, first.scale);
    },
    flatten(from) {
      const [batch, ...sizes] = from.tensor.shape;
      const output = { ...from.tensor, shape: [batch, sizes.reduce((product, size) => product * size, 1)] };
      return append({ op: 'reshape', inputs: [from.tensor], output }, [from], from.rms, from.scale);
    },
    named(layer) {
      nextName = layer;
      return builder;
    },
    graph: (output) => ({
      name,
      inputs,
      nodes,
      outputs: [{ name: 'output', value: output.name, scale: zeroShift }],
      classes: [],
      metadata: { weights: 'random' },
    }),
  };
  return builder;
}

/**
 * How far the root mean square of one channel may lie above that of all, and usually does: a depthwise layer sees one alone.
 * Found by looking at MobileNetV2: less of the first saturates, less of the second lets the activations grow from block to block.
 */
const channelSpread = 1.7;
const usualSpread = 1.3;
/** What a ReLU leaves of the root mean square of a sum whose one operand is not negative. */
const rectifiedShare = 0.9;
/** Binary digits behind the point of the factors of an addition. */
const addShift = 20;

type SumFields = Pick<Extract<Op, { op: 'add' }>, 'leftShift' | 'rescales' | 'outputRescale' | 'rounding'>;

/** An addition of whole factors, rounded once. */
function exactSum(a: number, b: number, sum: number): SumFields {
  const factor = (scale: number) => ({ multiplier: Math.round((scale / sum) * 2 ** addShift), shift: 0 });
  return {
    leftShift: 0,
    rescales: [factor(a), factor(b)],
    outputRescale: { multiplier: 1, shift: addShift },
    rounding: 'halfUp',
  };
}

/** An addition as TensorFlow Lite prepares it: operands are brought to twice the larger scale first. */
function rescaledSum(a: number, b: number, sum: number): SumFields {
  const factor = (value: number) => {
    const exponent = Math.floor(Math.log2(value)) + 1;
    return { multiplier: Math.floor((value / 2 ** exponent) * 2 ** 31), shift: 31 - exponent };
  };
  const twice = 2 * Math.max(a, b);
  return {
    leftShift: 20,
    rescales: [factor(a / twice), factor(b / twice)],
    outputRescale: factor(twice / sum / 2 ** 20),
    rounding: 'gemmlowp',
  };
}

/** Root mean squares of sums over inputs of one root mean square. */
function times(norms: Float64Array, rms: number): Float64Array {
  return norms.map((norm) => norm * rms);
}

function windows(size: number, { kernel, stride = 1, padding = 0 }: WindowOptions): number {
  return Math.floor((size + 2 * padding - kernel) / stride) + 1;
}

function pooledShape({ tensor }: NetworkValue, options: WindowOptions): number[] {
  const [batch, height, width, channels] = tensor.shape;
  return [batch, windows(height, options), windows(width, options), channels];
}

function poolWindow({ kernel, stride = 1, padding = 0 }: WindowOptions): {
  readonly kernel: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly padding: {
    readonly top: number;
    readonly bottom: number;
    readonly left: number;
    readonly right: number;
  };
} {
  return { kernel: [kernel, kernel], strides: [stride, stride], padding: sides(padding) };
}

function sides(
  vertical: number,
  horizontal = vertical,
): { top: number; bottom: number; left: number; right: number } {
  return { top: vertical, bottom: vertical, left: horizontal, right: horizontal };
}

function pairOf(value: number | readonly [number, number]): readonly [number, number] {
  return typeof value === 'number' ? [value, value] : value;
}
