import { env, setBackend } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-layers';
import { installTrainingKernels } from '@bnfree/tfjs-wasm-training';

/** Makes tfjs ready to train on wasm; tfjs-layers brings the gradients. */
export async function startTfjs(): Promise<void> {
  // Silences the advice to use tfjs-node, which cannot be installed everywhere.
  env().set('IS_TEST', true);
  await setBackend('wasm');
  installTrainingKernels();
}
