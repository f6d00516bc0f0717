import * as tf from '@tensorflow/tfjs-core';
import type { PointwiseFunction } from './pointwiseFunction.js';

const selu = { scale: 1.0507009873554805, alpha: 1.6732632423543772 } as const;

/** The function of every value of a tensor, differentiable; of ops that every tfjs backend trains. */
export function applyFunction(form: PointwiseFunction, x: tf.Tensor): tf.Tensor {
  switch (form.kind) {
    case 'leakyRelu':
      return tf.sub(tf.relu(x), tf.mul(tf.relu(tf.neg(x)), form.slope));
    case 'clippedRelu':
      return tf.clipByValue(x, 0, form.maximum);
    case 'thresholdedRelu':
      return tf.mul(x, tf.cast(tf.greater(x, form.threshold), 'float32'));
    case 'elu':
      return exponentialBelowZero(x, form.alpha);
    case 'selu':
      return tf.mul(exponentialBelowZero(x, selu.alpha), selu.scale);
    case 'hardSigmoid':
      return tf.clipByValue(tf.add(tf.mul(x, form.slope), form.offset), 0, 1);
    case 'hardSwish':
      return tf.mul(x, tf.clipByValue(tf.add(tf.div(x, 6), 0.5), 0, 1));
    case 'hardGate':
      return tf.mul(x, tf.clipByValue(tf.add(tf.mul(x, form.slope), form.offset), 0, form.maximum));
    case 'sigmoid':
      return tf.sigmoid(x);
    case 'swish':
      return tf.mul(x, tf.sigmoid(x));
    case 'tanh':
      return tf.tanh(x);
    case 'softplus':
      return softplus(x);
    case 'softsign':
      return tf.div(x, tf.add(tf.abs(x), 1));
    case 'mish':
      return tf.mul(x, tf.tanh(softplus(x)));
    case 'gelu':
      return tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.div(x, Math.SQRT2)), 1));
    case 'geluTanh': {
      const inner = tf.add(x, tf.mul(tf.mul(tf.square(x), x), 0.044715));
      return tf.mul(tf.mul(x, 0.5), tf.add(tf.tanh(tf.mul(inner, Math.sqrt(2 / Math.PI))), 1));
    }
  }
}

function exponentialBelowZero(x: tf.Tensor, alpha: number): tf.Tensor {
  return tf.add(tf.relu(x), tf.mul(tf.sub(tf.exp(tf.minimum(x, 0)), 1), alpha));
}

/** `log(1 + exp(x))` in a form that does not overflow. */
function softplus(x: tf.Tensor): tf.Tensor {
  return tf.add(tf.relu(x), tf.log(tf.add(tf.exp(tf.neg(tf.abs(x))), 1)));
}
