import { getBackend } from '@tensorflow/tfjs-core';

/** Ends the process once its output is written where something would keep it alive: Dawn, behind WebGPU, never ends. */
export function endCommand(): void {
  if (getBackend() === 'webgpu') process.stdout.write('', () => process.exit());
}
