import {
  logSumExp,
  mean,
  mul,
  oneHot,
  type Scalar,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  tidy,
} from '@tensorflow/tfjs-core';

/**
 * Cross entropy of the classes against their labels, mean over the batch; `logits` `[batch, classes]`.
 * By logSumExp: tfjs's own logSoftmax leaves a tensor behind on wasm when it is differentiated.
 */
export function crossEntropy(logits: Tensor, labels: Tensor1D): Scalar {
  return tidy(() => {
    const chosen = sum(mul(logits, oneHot(labels, logits.shape[1] as number)), 1);
    return mean<Scalar>(sub(logSumExp(logits, 1), chosen));
  });
}
