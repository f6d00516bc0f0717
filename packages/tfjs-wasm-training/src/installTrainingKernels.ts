import { getKernel, registerKernel, unregisterKernel } from '@tensorflow/tfjs-core';
import type { KernelConfig } from '@tensorflow/tfjs-core';
import { TrainingKernelError } from './trainingKernelError.js';
import type { TrainingKernelIssue } from './trainingKernelError.js';
import { trainingKernels } from './trainingKernels.js';

const backendName = 'wasm';

interface Replacement {
  readonly installed: KernelConfig;
  readonly previous: KernelConfig | undefined;
}

let replacements: readonly Replacement[] = [];
let holders = 0;

/**
 * Puts the training kernels in place on the backend `wasm`.
 *
 * Works before and after `tf.setBackend('wasm')`. Returns its own undo, which brings back the previous
 * kernels, the same objects. Several callers may hold the kernels: they stay until the last one has called
 * its undo, in any order; calling one undo twice does nothing.
 *
 * @throws {TrainingKernelError} `WASM_BACKEND_MISSING` when `@tensorflow/tfjs-backend-wasm` is not imported;
 * `KERNEL_OVERRIDDEN`, here or from the undo, when somebody else has replaced one of the kernels since.
 */
export function installTrainingKernels(): () => void {
  if (holders === 0) replacements = replaceKernels();
  else throwIfOverridden(replacements, 'call its undo, then installTrainingKernels() again');
  holders += 1;
  let isHeld = true;
  return () => {
    if (!isHeld) return;
    if (holders === 1) restoreKernels(replacements);
    holders -= 1;
    isHeld = false;
  };
}

function replaceKernels(): Replacement[] {
  // The backend's package registers its kernels on import, long before the backend itself starts.
  if (findKernel('BatchMatMul') === undefined) {
    throw new TrainingKernelError([
      {
        code: 'WASM_BACKEND_MISSING',
        path: 'installTrainingKernels()',
        message: "Got no kernel for the backend 'wasm'; expected those of @tensorflow/tfjs-backend-wasm.",
        fix: "import '@tensorflow/tfjs-backend-wasm' before calling installTrainingKernels()",
      },
    ]);
  }
  const made = trainingKernels.map(({ kernelName, build }): Replacement => {
    const previous = findKernel(kernelName);
    // The old setupFunc must survive: it binds the C function when the backend starts.
    const installed = { ...previous, kernelName, backendName, kernelFunc: build(previous?.kernelFunc) };
    return { previous, installed };
  });
  for (const { installed } of made) setKernel(installed);
  return made;
}

function restoreKernels(made: readonly Replacement[]): void {
  throwIfOverridden(made, 'undo the later replacement first, then call this undo again');
  for (const { installed, previous } of made) {
    if (previous === undefined) unregisterKernel(installed.kernelName, backendName);
    else setKernel(previous);
  }
}

/** tfjs's own type of getKernel leaves out that a kernel may be missing. */
function findKernel(kernelName: string): KernelConfig | undefined {
  return getKernel(kernelName, backendName);
}

function setKernel(config: KernelConfig): void {
  // registerKernel alone would print a warning about the kernel that it replaces.
  if (findKernel(config.kernelName) !== undefined) {
    unregisterKernel(config.kernelName, backendName);
  }
  registerKernel(config);
}

function throwIfOverridden(made: readonly Replacement[], fix: string): void {
  const issues = made
    .filter(({ installed }) => findKernel(installed.kernelName) !== installed)
    .map(({ installed }): TrainingKernelIssue => {
      const message = 'Got a kernel that was registered later; expected the one that this package installed.';
      return { code: 'KERNEL_OVERRIDDEN', path: `${backendName}.${installed.kernelName}`, message, fix };
    });
  if (issues.length > 0) throw new TrainingKernelError(issues);
}
