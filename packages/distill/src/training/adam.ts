import * as tf from '@tensorflow/tfjs-core';

/** Adam's two running means for each parameter. */
export interface AdamState {
  readonly firstMoments: tf.Tensor[];
  readonly secondMoments: tf.Tensor[];
}

const beta1 = 0.9;
const beta2 = 0.999;
const epsilon = 1e-8;

/** A state of zeros for parameters of these shapes. The caller disposes it with {@link disposeAdam}. */
export function createAdam(parameters: readonly tf.Tensor[]): AdamState {
  return {
    firstMoments: parameters.map((p) => tf.zerosLike(p)),
    secondMoments: parameters.map((p) => tf.zerosLike(p)),
  };
}

/**
 * One step of Adam (Kingma, Ba 2014, arXiv 1412.6980) with a learning rate for each parameter.
 *
 * tfjs's own optimiser keeps its bias correction as a running float product that cannot be restored exactly, and has
 * one rate for all. Here the correction is computed from the step number, so that a resumed run gives the same bytes.
 * `parameters` and the state are replaced in place; the old tensors are disposed. Step numbers start at 0.
 */
export function stepAdam(
  parameters: tf.Tensor[],
  gradients: readonly tf.Tensor[],
  state: AdamState,
  step: number,
  learningRates: readonly number[],
): void {
  const correction1 = 1 - beta1 ** (step + 1);
  const correction2 = 1 - beta2 ** (step + 1);
  parameters.forEach((parameter, i) => {
    const rate = learningRates[i] ?? 0;
    if (rate === 0) return;
    const gradient = gradients[i];
    const first = state.firstMoments[i];
    const second = state.secondMoments[i];
    const [newFirst, newSecond, updated] = tf.tidy(() => {
      const m = tf.add(tf.mul(first, beta1), tf.mul(gradient, 1 - beta1));
      const v = tf.add(tf.mul(second, beta2), tf.mul(tf.square(gradient), 1 - beta2));
      const direction = tf.div(m, tf.add(tf.sqrt(tf.div(v, correction2)), epsilon));
      return [m, v, tf.sub(parameter, tf.mul(direction, rate / correction1))] as [
        tf.Tensor,
        tf.Tensor,
        tf.Tensor,
      ];
    });
    tf.dispose([first, second, parameter]);
    state.firstMoments[i] = newFirst;
    state.secondMoments[i] = newSecond;
    parameters[i] = updated;
  });
}

export function disposeAdam(state: AdamState): void {
  tf.dispose([...state.firstMoments, ...state.secondMoments]);
}
