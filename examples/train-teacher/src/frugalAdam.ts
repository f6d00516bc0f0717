import * as tf from '@tensorflow/tfjs-core';

/** A moment as tfjs's optimizer keeps it. */
interface Moment {
  readonly originalName: string;
  readonly variable: tf.Variable;
}

/** What tfjs's optimizer keeps to itself. */
interface AdamState {
  readonly accBeta1: tf.Variable;
  readonly accBeta2: tf.Variable;
  readonly accumulatedFirstMoment: Moment[];
  readonly accumulatedSecondMoment: Moment[];
  incrementIterations(): void;
}

/**
 * Adam (Kingma and Ba, arXiv 1412.6980) that holds the values in between of one variable at a time.
 *
 * tfjs's own holds those of all until the step ends, ten times the size of the net: too much for the 4 GiB that WebAssembly can
 * address where the net has 60 million parameters. State, and what a checkpoint holds, are tfjs's.
 */
export class FrugalAdam extends tf.AdamOptimizer {
  override applyGradients(gradients: Parameters<tf.AdamOptimizer['applyGradients']>[0]): void {
    const named = Array.isArray(gradients)
      ? gradients
      : Object.entries(gradients).map(([name, tensor]) => ({ name, tensor }));
    const state = this as unknown as AdamState;
    named.forEach(({ name, tensor: gradient }, index) => {
      const value = tf.engine().registeredVariables[name];
      const first = momentOf(state.accumulatedFirstMoment, index, `${name}/m`, value);
      const second = momentOf(state.accumulatedSecondMoment, index, `${name}/v`, value);
      tf.tidy(() => {
        first.assign(tf.add(tf.mul(first, this.beta1), tf.mul(gradient, 1 - this.beta1)));
      });
      tf.tidy(() => {
        second.assign(tf.add(tf.mul(second, this.beta2), tf.mul(tf.square(gradient), 1 - this.beta2)));
      });
      tf.tidy(() => {
        const mean = tf.div(first, tf.sub(1, state.accBeta1));
        const deviation = tf.sqrt(tf.div(second, tf.sub(1, state.accBeta2)));
        const step = tf.mul(tf.div(mean, tf.add(deviation, this.epsilon)), -this.learningRate);
        value.assign(tf.add(step, value));
      });
    });
    tf.tidy(() => {
      state.accBeta1.assign(tf.mul(state.accBeta1, this.beta1));
      state.accBeta2.assign(tf.mul(state.accBeta2, this.beta2));
    });
    state.incrementIterations();
  }
}

/** A moment of zeros where there is none yet. */
function momentOf(moments: Moment[], index: number, originalName: string, like: tf.Variable): tf.Variable {
  moments[index] ??= { originalName, variable: tf.tidy(() => tf.zerosLike(like).variable(false)) };
  return moments[index].variable;
}
