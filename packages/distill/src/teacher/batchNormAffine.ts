import type { Teacher, TeacherOperation, TeacherParameters } from './teacher.js';

/** A per-channel `y = gain * x + offset`. */
export interface ChannelAffine {
  readonly gain: Float64Array;
  readonly offset: Float64Array;
  /** Channels whose output is the constant `offset`: gain 0. Ascending. */
  readonly dead: readonly number[];
}

/** Variance below which a channel was constant in training. */
export const deadVariance = 1e-10;

/**
 * Batch normalization in inference mode as gain and offset:
 * `gain = gamma / sqrt(variance + epsilon)`, `offset = beta - mean * gain`; gamma 1 and beta 0 where missing.
 *
 * A channel with variance below 1e-10 never varied: it becomes the constant beta, since its huge gain would only
 * amplify rounding noise.
 */
export function batchNormAffine(parameters: TeacherParameters, epsilon: number): ChannelAffine {
  const { mean, variance, gamma, beta } = parameters;
  if (mean === undefined || variance === undefined)
    throw new Error('batchNormAffine needs mean and variance');
  const gain = new Float64Array(mean.length);
  const offset = new Float64Array(mean.length);
  const dead: number[] = [];
  mean.forEach((center, channel) => {
    const spread = variance[channel];
    const shift = beta?.[channel] ?? 0;
    if (spread < deadVariance) {
      dead.push(channel);
      offset[channel] = shift;
      return;
    }
    const factor = (gamma?.[channel] ?? 1) / Math.sqrt(spread + epsilon);
    gain[channel] = factor;
    offset[channel] = shift - center * factor;
  });
  return { gain, offset, dead };
}

/** `second(first(x))`. */
export function composeAffine(first: ChannelAffine, second: ChannelAffine): ChannelAffine {
  const gain = first.gain.map((factor, channel) => factor * second.gain[channel]);
  const offset = first.offset.map((shift, channel) => shift * second.gain[channel] + second.offset[channel]);
  const dead = [...new Set([...first.dead, ...second.dead])].sort((a, b) => a - b);
  return { gain, offset, dead };
}

/**
 * All normalizations and constant rescalings among `nodeNames`, in order, as one gain and offset for each of `channels` channels.
 * The identity where there is none. `nodeNames` is a planned layer's `teacherNodes`.
 */
export function normalizationAffine(
  teacher: Teacher,
  nodeNames: readonly string[],
  channels: number,
): ChannelAffine {
  const wanted = new Set(nodeNames);
  const identity: ChannelAffine = {
    gain: new Float64Array(channels).fill(1),
    offset: new Float64Array(channels),
    dead: [],
  };
  return teacher.nodes.reduce(
    (affine, { name, operation }) =>
      wanted.has(name)
        ? composeAffine(affine, affineOf(operation, teacher.parameters(name)) ?? identity)
        : affine,
    identity,
  );
}

function affineOf(operation: TeacherOperation, parameters: TeacherParameters): ChannelAffine | null {
  if (operation.kind === 'batchNormalization') return batchNormAffine(parameters, operation.epsilon);
  const { gain, offset } = parameters;
  if (operation.kind !== 'affine' || gain === undefined || offset === undefined) return null;
  return { gain: Float64Array.from(gain), offset: Float64Array.from(offset), dead: [] };
}
