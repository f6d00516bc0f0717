import * as tf from '@tensorflow/tfjs-core';
import { hostValues } from '../hostValues.js';
import type { GraphConverter, GraphPart } from './graphPart.js';
import { zeroPaddingPart } from './linearOps.js';

/** MaxPool and AvgPool. */
export const pool =
  (kind: 'maxPool2d' | 'averagePool2d'): GraphConverter =>
  ({ inputs, attributes }) => {
    if (attributes.text('data_format') === 'NCHW')
      return 'Data format NCHW has no integer form; NHWC was expected.';
    const [, ...kernel] = attributes.integers('ksize') as [number, number, number, number];
    const [, ...strides] = attributes.integers('strides') as [number, number, number, number];
    const padding = attributes.text('padding') === 'SAME' ? 'same' : 'valid';
    const window = { kernel: [kernel[0], kernel[1]], strides: [strides[0], strides[1]] } as const;
    const apply = kind === 'maxPool2d' ? tf.maxPool : tf.avgPool;
    const part: GraphPart = {
      suffix: '',
      operation: { kind, ...window, padding },
      run: ([x]) => [apply(x as tf.Tensor4D, [...window.kernel], [...window.strides], padding)],
    };
    return { inputs: [inputs[0]], parts: [part] };
  };

function constantValues(tensor: tf.Tensor | undefined): Float32Array | undefined {
  return tensor === undefined ? undefined : hostValues(tensor);
}

/** Means over height and width. */
export const mean: GraphConverter = ({ inputs, attributes }, { constant, shape }) => {
  const axes = constantValues(constant(inputs[1]));
  const rank = shape(inputs[0]).length;
  const isSpatial = axes !== undefined && rank === 4 && String([...axes].sort()) === '1,2';
  if (!isSpatial) return 'A mean over other axes than height and width has no integer form.';
  const keepsAxes = attributes.flag('keep_dims');
  const average: GraphPart = {
    suffix: keepsAxes ? '/padding' : '',
    operation: { kind: 'globalAveragePool2d' },
    run: ([x]) => [tf.mean(x, [1, 2])],
  };
  if (!keepsAxes) return { inputs: [inputs[0]], parts: [average] };
  const channels = shape(inputs[0])[3];
  return { inputs: [inputs[0]], parts: [average, reshapePart([1, 1, channels])] };
};

/** Reshape and Squeeze, as long as the batch stays the batch. */
export const reshape: GraphConverter = ({ op, inputs, attributes }, { constant, shape }) => {
  const from = shape(inputs[0]);
  const size = from.slice(1).reduce((a, b) => a * b, 1);
  if (op === 'Squeeze') {
    const axes = attributes.integers('squeeze_dims');
    const target = from.filter((length, axis) =>
      axes.length > 0 ? !axes.includes(axis) : length !== 1 || axis === 0,
    );
    return { inputs: [inputs[0]], parts: [reshapePart(target.slice(1))] };
  }
  const wanted = constantValues(constant(inputs[1]));
  if (wanted === undefined) return 'A shape that is computed has no integer form.';
  const rest = [...wanted].slice(1);
  const known = rest.filter((length) => length >= 0).reduce((a, b) => a * b, 1);
  const target = rest.map((length) => (length < 0 ? size / known : length));
  if (target.reduce((a, b) => a * b, 1) !== size)
    return 'A reshape that mixes the batch has no integer form.';
  return { inputs: [inputs[0]], parts: [reshapePart(target)] };
};

/** Pad and PadV2 with zeros around an image. */
export const pad: GraphConverter = ({ inputs }, { constant }) => {
  const sides = constantValues(constant(inputs[1]));
  const value = inputs.length < 3 ? 0 : constantValues(constant(inputs[2]))?.[0];
  if (sides?.length !== 8 || value !== 0)
    return 'Padding other than zeros around an image has no integer form.';
  const [, , top, bottom, left, right, front, back] = sides;
  if (front + back > 0) return 'Padding of the channels has no integer form.';
  return { inputs: [inputs[0]], parts: [zeroPaddingPart({ top, bottom, left, right }, '')] };
};

/** ConcatV2 along the channels. */
export const concat: GraphConverter = ({ inputs }, { constant, shape }) => {
  const values = inputs.slice(0, -1);
  const axis = constantValues(constant(inputs[inputs.length - 1]))?.[0];
  const rank = shape(values[0]).length;
  if (axis !== -1 && axis !== rank - 1)
    return 'Concatenation along other axes than the channels has no integer form.';
  const part: GraphPart = {
    suffix: '',
    operation: { kind: 'concat' },
    run: (operands) => [tf.concat([...operands], rank - 1)],
  };
  return { inputs: values, parts: [part] };
};

/** Ops that hand their value on. */
export const identity: GraphConverter = ({ inputs }) => ({
  inputs: [inputs[0]],
  parts: [{ suffix: '', operation: { kind: 'dropout' }, run: ([x]) => [tf.clone(x)] }],
});

function reshapePart(targetShape: readonly number[]): GraphPart {
  return {
    suffix: '',
    operation: { kind: 'reshape', targetShape },
    run: ([x]) => [tf.reshape(x, [x.shape[0], ...targetShape])],
  };
}
