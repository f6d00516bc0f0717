import * as tf from '@tensorflow/tfjs-core';

/**
 * Kullback-Leibler divergence of the student's classes from the teacher's at temperature 1, mean over the batch.
 * 0 when they agree. `logits` and `teacherLogits` `[batch, classes]`; differentiable in `logits`.
 */
export function distillationLoss(logits: tf.Tensor, teacherLogits: tf.Tensor): tf.Scalar {
  return tf.tidy(() => {
    const target = logProbabilities(teacherLogits);
    const logRatio = tf.sub(target, logProbabilities(logits));
    return tf.mean<tf.Scalar>(tf.sum(tf.mul(tf.exp(target), logRatio), 1));
  });
}

/**
 * Cross entropy against class indices, mean over the batch.
 * `logits` `[batch, classes]`, `labels` `[batch]` int32; differentiable in `logits`.
 */
export function labelLoss(logits: tf.Tensor, labels: tf.Tensor1D): tf.Scalar {
  return tf.tidy(() => {
    const target = tf.oneHot(labels, logits.shape[1] as number);
    return tf.neg(tf.mean<tf.Scalar>(tf.sum(tf.mul(target, logProbabilities(logits)), 1)));
  });
}

/** `log softmax`; tfjs's own logSoftmax leaves a tensor behind on the wasm backend when it is differentiated. */
function logProbabilities(logits: tf.Tensor): tf.Tensor {
  return tf.sub(logits, tf.logSumExp(logits, 1, true));
}
