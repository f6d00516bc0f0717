import { BnfreeError } from '@bnfree/core';
import { type CheckpointStore, readTensorFile, writeTensorFile } from '@bnfree/distill';
import * as tf from '@tensorflow/tfjs-core';
import type { TrainableNet } from './trainableNet.js';

const fileName = 'training';

interface Trained {
  readonly net: TrainableNet;
  readonly optimizer: tf.Optimizer;
  /** What the run was asked to do; another run's checkpoint is refused. */
  readonly fingerprint: string;
}

/** Writes weights, moments and the number of steps behind them, whole or not at all. */
export async function saveTraining(
  store: CheckpointStore,
  { net, optimizer, fingerprint, step }: Trained & { readonly step: number },
): Promise<void> {
  const tensors: Record<string, { shape: number[]; values: Float32Array }> = {};
  const keep = async (name: string, tensor: tf.Tensor): Promise<void> => {
    tensors[name] = { shape: tensor.shape, values: Float32Array.from(await tensor.data()) };
  };
  for (const [index, variable] of net.state.entries()) await keep(`state/${index}`, variable);
  const moments = await optimizer.getWeights();
  for (const [index, { tensor }] of moments.entries()) await keep(`moment/${index}`, tensor);
  // The number of iterations comes as a tensor of its own; the moments are the optimizer's.
  moments[0].tensor.dispose();
  const names = moments.map(({ name }) => name);
  await writeTensorFile(store, fileName, { metadata: { step, fingerprint, names }, tensors });
}

/**
 * Brings back what {@link saveTraining} wrote.
 *
 * @returns the steps that are done; 0 where there is no checkpoint
 * @throws BnfreeError CHECKPOINT_OF_ANOTHER_RUN, CHECKPOINT_DAMAGED
 */
export async function restoreTraining(
  store: CheckpointStore,
  { net, optimizer, fingerprint }: Trained,
): Promise<number> {
  const file = await readTensorFile(store, fileName);
  if (file === undefined) return 0;
  const {
    step,
    names,
    fingerprint: stored,
  } = file.metadata as {
    readonly step: number;
    readonly names: readonly string[];
    readonly fingerprint: string;
  };
  if (stored !== fingerprint) {
    throw new BnfreeError([
      {
        code: 'CHECKPOINT_OF_ANOTHER_RUN',
        path: store.location,
        message: `got the checkpoint of ${stored}, expected ${fingerprint}`,
        fix: `rm -r ${store.location}, or --out with another folder`,
      },
    ]);
  }
  const tensorOf = (name: string): tf.Tensor => {
    const { shape, values } = file.tensors[name];
    return tf.tensor(values, [...shape]);
  };
  tf.tidy(() => {
    net.state.forEach((variable, index) => {
      variable.assign(tensorOf(`state/${index}`));
    });
  });
  await optimizer.setWeights(names.map((name, index) => ({ name, tensor: tensorOf(`moment/${index}`) })));
  return step;
}
