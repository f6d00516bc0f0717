import { BnfreeError } from '../errors.js';

const PAGE_BYTES = 65536;

/** A WebAssembly memory of at least so many bytes, which never grows. Throws `OUT_OF_MEMORY`. */
export function createMemory(byteLength: number, shared: boolean): WebAssembly.Memory {
  const pages = Math.max(1, Math.ceil(byteLength / PAGE_BYTES));
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages, shared });
  } catch (cause) {
    throw new BnfreeError(
      [
        {
          code: 'OUT_OF_MEMORY',
          path: 'byteLength',
          message: `got ${byteLength} bytes, which the engine could not allocate as WebAssembly memory`,
          fix: 'use a smaller batch, or a machine with more memory; one memory holds at most 4 GiB',
        },
      ],
      { cause },
    );
  }
}
