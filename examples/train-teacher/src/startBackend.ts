import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-layers';
import { installTrainingKernels, startThreadedBackend } from '@bnfree/tfjs-wasm-training';
import { enableProdMode, setBackend } from '@tensorflow/tfjs-core';
import { startWebgpu } from './startWebgpu.js';

/** The tfjs backends that train in Node; `webgpu` needs a GPU and the npm package of that name. */
export const backendNames = ['wasm', 'cpu', 'webgpu'] as const;

/** Which tfjs backend. */
export type BackendName = (typeof backendNames)[number];

/** Makes tfjs ready to train; tfjs-layers brings the gradients. `threads` are wasm's: one, a number, or all cores. */
export async function startBackend(name: BackendName, threads: number | 'all' = 1): Promise<void> {
  // Silences the advice to use tfjs-node, which cannot be installed everywhere.
  enableProdMode();
  installTrainingKernels();
  if (name === 'webgpu') await startWebgpu();
  else if (name !== 'wasm' || threads === 1) await setBackend(name);
  else await startThreadedBackend(threads === 'all' ? undefined : threads);
}
