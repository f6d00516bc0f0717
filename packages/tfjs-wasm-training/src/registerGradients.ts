import { getGradient } from '@tensorflow/tfjs-core';
import type { GradConfig } from '@tensorflow/tfjs-core';
import { TrainingKernelError } from './trainingKernelError.js';

/**
 * Registers tfjs's own gradient functions where the loaded tfjs has none.
 *
 * In Node `@tensorflow/tfjs-core` comes without them ("gradient function not found for Sum"); in browsers, and
 * wherever `@tensorflow/tfjs-layers` or `@tensorflow/tfjs` is imported, they are there and this does nothing.
 * The built package carries a copy of them (tfjs 4.22), loaded on the first call that needs it.
 *
 * @throws {TrainingKernelError} `GRADIENTS_NOT_LOADED` when this package runs from its sources in a loader that
 * cannot read the files inside tfjs-core (jest, tsx).
 */
export async function registerGradients(): Promise<void> {
  if (hasGradients()) return;
  try {
    await import('@tensorflow/tfjs-core/dist/register_all_gradients.js');
  } catch (cause) {
    throw notLoaded('The file with the gradient functions of tfjs-core cannot be loaded here.', cause);
  }
  if (!hasGradients()) throw notLoaded('The gradient functions went to another copy of tfjs.', undefined);
}

function hasGradients(): boolean {
  return ['Sum', 'Conv2D'].every((name) => (getGradient(name) as GradConfig | undefined) !== undefined);
}

function notLoaded(message: string, cause: unknown): TrainingKernelError {
  const fix = "import '@tensorflow/tfjs-layers', which registers them";
  return new TrainingKernelError(
    [{ code: 'GRADIENTS_NOT_LOADED', path: 'registerGradients()', message, fix }],
    { cause },
  );
}
