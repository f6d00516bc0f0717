import type { KernelFunc } from '@tensorflow/tfjs-core';

/** One kernel that this package puts in place on the backend `wasm`. */
export interface TrainingKernel {
  /** The kernel's name in tfjs, such as `Conv2DBackpropFilter`. */
  readonly kernelName: string;
  /** Why the stock backend is not enough. */
  readonly reason: 'missing' | 'slow' | 'wrong';
  /**
   * Makes the kernel's function.
   *
   * `previous` is the function that it replaces; a kernel with the reason `missing` may get undefined.
   */
  readonly build: (previous: KernelFunc | undefined) => KernelFunc;
}
