/** The recipes by optimizer. */
export const recipes = {
  /** Of DoReFa-Net (arXiv 1606.06160) and PACT (arXiv 1805.06085): a fifth at epochs 56 and 64. */
  adam: { epochs: 70, batchSize: 128, rate: 1e-4, drops: [56, 64], factor: 5, weightDecay: 5e-6 },
  /** Of Krizhevsky et al. 2012 with the steps that are usual since: a tenth at epochs 30, 60 and 80. */
  sgd: { epochs: 90, batchSize: 128, rate: 0.02, drops: [30, 60, 80], factor: 10, weightDecay: 5e-4 },
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
