/**
 * The recipes by optimizer. `l2` is the factor of half the sum of squares of the kernels.
 *
 * `adam`: PACT's for AlexNet (arXiv 1805.06085, appendix on experiments): Adam with epsilon 1e-5, batches of 128, the rate scaled by
 * 0.2 at epochs 56 and 64, an L2 regularizer of 5e-6. DoReFa-Net's authors train the same way (arXiv 1606.06160;
 * examples/DoReFa-Net/alexnet-dorefa.py of tensorpack), and report what stands after 70 epochs; PACT goes on to 100.
 *
 * `sgd`: Krizhevsky et al. 2012: batches of 128, momentum 0.9, decay 5e-4, the rate 0.01 reduced thrice in about 90 epochs; at which
 * epochs is tensorpack's choice for it (examples/ImageNetModels/alexnet.py).
 */
export const recipes = {
  adam: { epochs: 70, batchSize: 128, rate: 1e-4, drops: [56, 64], factor: 5, l2: 5e-6, epsilon: 1e-5 },
  sgd: { epochs: 90, batchSize: 128, rate: 0.01, drops: [30, 60, 80], factor: 10, l2: 5e-4 },
} as const;

/** Which optimizer. */
export type OptimizerName = keyof typeof recipes;

/**
 * Learning rate at a step: it falls at the epochs of the recipe, which move along where a run has more or fewer epochs.
 *
 * @param share how much of the run is done, 0 up to 1
 */
export function learningRate(optimizer: OptimizerName, first: number, share: number): number {
  const { epochs, drops, factor } = recipes[optimizer];
  const fallen = drops.filter((epoch) => share >= epoch / epochs).length;
  return first / factor ** fallen;
}
