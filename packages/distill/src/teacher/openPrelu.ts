import * as tf from '@tensorflow/tfjs-core';
import type { HostWeight } from './layerParameters.js';
import type { OpenedCall, OpenedNode } from './openedCall.js';
import type { TeacherOperation, TeacherParameters } from './teacher.js';
import type { TracedCall } from './traceLayers.js';

/**
 * A PReLU with one slope for all channels as the leaky ReLU that it is, with a slope a channel as the sum
 * `x + relu((slope - 1) * x)`: `NAME/below`, `NAME/correction` and `NAME`.
 *
 * Unsupported where slopes differ from place to place, or one is above 1.
 */
export function openPrelu(
  { name, path, layer, shapes }: Pick<TracedCall, 'name' | 'path' | 'layer' | 'shapes'>,
  inputs: readonly string[],
  weights: readonly HostWeight[],
): OpenedCall {
  const shape = shapes[0].slice(1).map((size) => size ?? 0);
  const node = (
    made: string,
    from: readonly string[],
    operation: TeacherOperation,
    parameters: TeacherParameters = {},
  ): OpenedNode => ({
    node: { name: made, operation, inputs: from, shape, path },
    parameters,
    weights: made === name ? weights : [],
    config: null,
  });
  const alone = (operation: TeacherOperation): OpenedCall => ({
    nodes: [
      {
        ...node(name, inputs, operation),
        config: operation.kind === 'unsupported' ? layer.getConfig() : null,
      },
    ],
    steps: [{ inputs, outputs: [name], run: ([x]) => [layer.call(x, {}) as tf.Tensor] }],
  });
  const slopes = channelSlopes(weights[0], shape.at(-1) ?? 1);
  if (slopes === null)
    return alone(unsupported('slopes that differ from place to place', 'sharedAxes: [1, 2]'));
  if (slopes.every((slope) => slope === slopes[0])) {
    return alone({ kind: 'function', form: { kind: 'leakyRelu', slope: slopes[0] } });
  }
  if (slopes.some((slope) => slope > 1)) return alone(unsupported('a slope above 1', 'at most 1'));
  const [below, correction] = [`${name}/below`, `${name}/correction`];
  const gain = slopes.map((slope) => slope - 1);
  return {
    nodes: [
      node(below, inputs, { kind: 'affine' }, { gain, offset: new Float32Array(gain.length) }),
      node(correction, [below], { kind: 'activation', activation: 'relu' }),
      node(name, [...inputs, correction], { kind: 'add' }),
    ],
    steps: [
      { inputs, outputs: [below], run: ([x]) => [tf.mul(x, tf.tensor1d(gain))] },
      { inputs: [below], outputs: [correction], run: ([x]) => [tf.relu(x)] },
      { inputs: [...inputs, correction], outputs: [name], run: ([x, y]) => [tf.add(x, y)] },
    ],
  };
}

function unsupported(what: string, expected: string): TeacherOperation {
  const reason = `A PReLU with ${what} has no integer form; ${expected} was expected.`;
  return { kind: 'unsupported', className: 'PReLU', reason };
}

/** One slope for each channel, or null where a channel has several. */
function channelSlopes({ shape, values }: HostWeight, channels: number): Float32Array | null {
  const own = shape.at(-1) ?? 1;
  const isSame = values.every((value, i) => value === values[i % own]);
  return isSame ? Float32Array.from({ length: channels }, (_, channel) => values[channel % own]) : null;
}
