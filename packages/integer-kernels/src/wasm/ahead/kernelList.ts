import { BnfreeError } from '../../errors.js';

/** What a module that was written ahead of time says of itself. */
export interface KernelList {
  /** Whether its memory is one that threads share. */
  readonly isShared: boolean;
  readonly isRelaxed: boolean;
  /** A hash of the code of every kernel, in the order of its functions' names. */
  readonly kernels: readonly string[];
}

/** Name of the custom section that holds the list, first in the module. */
export const KERNEL_LIST = 'bnfree.kernels';

const MAGIC = '\0asm';
const VERSION = 1;

/** The content of the section. */
export function encodeKernelList({ isShared, isRelaxed, kernels }: KernelList): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ version: VERSION, isShared, isRelaxed, kernels }));
}

/** Reads the list of a module, compiled or not. Throws MODULE_UNKNOWN where there is none that this version wrote. */
export function readKernelList(module: WebAssembly.Module | Uint8Array, path: string): KernelList {
  try {
    const content =
      module instanceof Uint8Array
        ? firstSection(module)
        : new Uint8Array(WebAssembly.Module.customSections(module, KERNEL_LIST)[0]);
    const list = JSON.parse(new TextDecoder().decode(content)) as KernelList & { readonly version: number };
    if (list.version === VERSION && Array.isArray(list.kernels)) return list;
  } catch {
    // Falls through: whatever it is, it is none of ours.
  }
  throw new BnfreeError([
    {
      code: 'MODULE_UNKNOWN',
      path,
      message: 'got a module without a list of kernels, expected one that this version of the library wrote',
      fix: 'write the modules again: bnfree compile model.bnfree',
    },
  ]);
}

/** Content of the first section of a binary, if it is the list. */
function firstSection(bytes: Uint8Array): Uint8Array {
  const magic = String.fromCharCode(...bytes.subarray(0, 4));
  let at = 9;
  const length = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      if (at >= bytes.length) throw new RangeError('cut off');
      const next = bytes[at++];
      value |= (next & 127) << shift;
      if (next < 128) return value;
    }
  };
  const end = length() + at;
  const nameEnd = length() + at;
  const name = String.fromCharCode(...bytes.subarray(at, nameEnd));
  if (magic !== MAGIC || bytes[8] !== 0 || name !== KERNEL_LIST) throw new RangeError('another section');
  return bytes.slice(nameEnd, end);
}
