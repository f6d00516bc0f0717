import type { Arena } from '../backend.js';
import { BnfreeError } from '../errors.js';

/** An arena of plain memory, for backends that run in JavaScript. Throws `OUT_OF_MEMORY`. */
export function allocateArena(byteLength: number): Arena {
  try {
    return { byteLength, bytes: new Uint8Array(byteLength) };
  } catch (cause) {
    throw new BnfreeError(
      [
        {
          code: 'OUT_OF_MEMORY',
          path: 'byteLength',
          message: `got ${byteLength} bytes, which the engine could not allocate`,
          fix: 'use a smaller batch, or a machine with more memory',
        },
      ],
      { cause },
    );
  }
}
