import * as tf from '@tensorflow/tfjs-core';
import {
  channelValues,
  hostWeight,
  type GraphConverter,
  type GraphPart,
  type GraphScope,
} from './graphPart.js';

/** FusedBatchNorm, V2 and V3, in inference mode. */
export const fusedBatchNorm: GraphConverter = (node, scope) => {
  const tensors = node.inputs.slice(1, 5).map((name) => scope.constant(name));
  if (node.attributes.flag('is_training')) return 'Normalization in training mode depends on the batch.';
  const [scale, offset, mean, variance] = tensors as (tf.Tensor1D | undefined)[];
  if (scale === undefined || offset === undefined || mean === undefined || variance === undefined)
    return 'Normalization by computed statistics has no integer form.';
  const epsilon = node.attributes.number('epsilon') ?? 1e-4;
  const weights = [scale, offset, mean, variance].map(hostWeight);
  const [gamma, beta, center, spread] = weights.map(({ values }) => values);
  const part: GraphPart = {
    suffix: '',
    operation: { kind: 'batchNormalization', epsilon },
    parameters: { gamma, beta, mean: center, variance: spread },
    weights,
    run: ([x]) => [tf.batchNorm(x, mean, variance, offset, scale, epsilon)],
  };
  return { inputs: [node.inputs[0]], parts: [part] };
};

/** What a binary op with a constant operand is, channel by channel. */
interface ChannelForm {
  /** Null where the constant stands on the wrong side. */
  readonly affine: (
    values: Float32Array,
    isConstantFirst: boolean,
  ) => { readonly gain: Float32Array | number; readonly offset: Float32Array | number } | null;
  readonly apply: (first: tf.Tensor, second: tf.Tensor) => tf.Tensor;
}

/** Sums of two values; with a constant an offset a channel. */
export const add: GraphConverter = (node, scope) => {
  const shapes = node.inputs.map((name) => String(scope.shape(name)));
  const offset = withConstant(node.inputs, scope, {
    affine: (values) => ({ gain: 1, offset: values }),
    apply: (a, b) => tf.add(a, b),
  });
  if (offset !== undefined) return offset;
  if (shapes.some((shape) => shape !== shapes[0])) return 'A sum that broadcasts has no integer form.';
  const part: GraphPart = {
    suffix: '',
    operation: { kind: 'add' },
    run: (terms) => [tf.addN([...terms])],
  };
  return { inputs: node.inputs, parts: [part] };
};

/** Differences from a constant. */
export const subtract: GraphConverter = (node, scope) =>
  withConstant(node.inputs, scope, {
    affine: (values, isConstantFirst) =>
      isConstantFirst ? { gain: -1, offset: values } : { gain: 1, offset: values.map((value) => -value) },
    apply: (a, b) => tf.sub(a, b),
  }) ?? 'A difference of two computed values has no integer form.';

/** Products with a constant. */
export const multiply: GraphConverter = (node, scope) =>
  withConstant(node.inputs, scope, {
    affine: (values) => ({ gain: values, offset: 0 }),
    apply: (a, b) => tf.mul(a, b),
  }) ??
  'A product of two computed values has no integer form; that of a value with its own sigmoid or hard sigmoid was expected.';

/** Quotients by a constant. */
export const divide: GraphConverter = (node, scope) =>
  withConstant(node.inputs, scope, {
    affine: (values, isConstantFirst) =>
      isConstantFirst ? null : { gain: values.map((value) => 1 / value), offset: 0 },
    apply: (a, b) => tf.div(a, b),
  }) ?? 'A quotient by a computed value has no integer form.';

/** A gain and an offset a channel, where one of two operands is a constant of such a shape; undefined elsewhere. */
function withConstant(
  [first, second]: readonly string[],
  { constant, shape }: GraphScope,
  { affine, apply }: ChannelForm,
): ReturnType<GraphConverter> | undefined {
  const isFirst = constant(first) !== undefined;
  const held = constant(first) ?? constant(second);
  if (held === undefined) return undefined;
  const input = isFirst ? second : first;
  const channels = shape(input).at(-1) ?? 1;
  const values = channelValues(held, channels);
  if (values === null) return `A constant of shape [${held.shape.join(', ')}] is not one value a channel.`;
  const form = affine(values, isFirst);
  if (form === null) return undefined;
  const filled = (value: Float32Array | number): Float32Array =>
    typeof value === 'number' ? new Float32Array(channels).fill(value) : value;
  const part: GraphPart = {
    suffix: '',
    operation: { kind: 'affine' },
    parameters: { gain: filled(form.gain), offset: filled(form.offset) },
    weights: [hostWeight(held)],
    run: ([value]) => [isFirst ? apply(held, value) : apply(value, held)],
  };
  return { inputs: [input], parts: [part] };
}
