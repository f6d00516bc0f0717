import { env, setBackend } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-layers';
import { installTrainingKernels, startThreadedBackend } from '@bnfree/tfjs-wasm-training';

/** Makes tfjs ready to train on wasm, on one core or on all; tfjs-layers brings the gradients. */
export async function startTfjs(cores: 'one' | 'all'): Promise<void> {
  // Silences the advice to use tfjs-node, which cannot be installed everywhere.
  env().set('IS_TEST', true);
  if (cores === 'all') await startThreadedBackend();
  else await setBackend('wasm');
  installTrainingKernels();
}
