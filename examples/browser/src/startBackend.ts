import '@tensorflow/tfjs-layers';
import { installTrainingKernels } from '@bnfree/tfjs-wasm-training';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-backend-webgl';
import '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';
import type { BackendName } from './backendNames.js';

/** Makes tfjs ready to train; false where this browser has no such backend. */
export async function startBackend(name: BackendName): Promise<boolean> {
  tf.enableProdMode();
  // The server has tfjs's WebAssembly there; the kernels for training are added to what it brings.
  setWasmPaths('/tfjs-wasm/');
  installTrainingKernels();
  return tf.setBackend(name).catch(() => false);
}
