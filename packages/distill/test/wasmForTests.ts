import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-layers';
import { installTrainingKernels } from '@bnfree/tfjs-wasm-training';

/** Makes tfjs's wasm backend ready for training; the result undoes it. */
export async function useWasm(): Promise<() => void> {
  tf.env().set('IS_TEST', true);
  const undo = installTrainingKernels();
  await tf.setBackend('wasm');
  await tf.ready();
  return undo;
}
