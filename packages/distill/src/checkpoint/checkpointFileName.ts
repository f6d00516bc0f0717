import { BnfreeError } from '@bnfree/core';
import { sha256 } from '@noble/hashes/sha2';
import { bytesToHex } from '@noble/hashes/utils';

const longestEscape = 120;

/**
 * Turns any layer name into a part of a file name.
 *
 * Lower-case letters, digits, `_` and `-` stay; every other byte of the UTF-8 text becomes `.` and two hex digits, so
 * `base/conv1` is `base.2fconv1`. Different names stay different, also where files ignore case. Names that would be
 * too long end in `..` and a hash.
 */
export function checkpointFileName(name: string): string {
  const escaped = Array.from(new TextEncoder().encode(name), (byte) => {
    const character = String.fromCharCode(byte);
    return /[a-z0-9_-]/.test(character) ? character : `.${byte.toString(16).padStart(2, '0')}`;
  }).join('');
  if (escaped.length <= longestEscape) return escaped;
  const digest = bytesToHex(sha256(new TextEncoder().encode(name)).subarray(0, 16));
  return `${escaped.slice(0, longestEscape - 34)}..${digest}`;
}

/**
 * Holds the names of checkpoint files to letters, digits, `.`, `_` and `-`.
 *
 * @throws BnfreeError CHECKPOINT_NAME
 */
export function assertCheckpointName(name: string): void {
  if (/^[A-Za-z0-9._-]{1,200}$/.test(name) && !/^\.+$/.test(name)) return;
  throw new BnfreeError([
    {
      code: 'CHECKPOINT_NAME',
      path: `checkpoint ${JSON.stringify(name)}`,
      message: 'expected 1 to 200 letters, digits, ".", "_" or "-", and not dots alone',
      fix: `checkpointFileName(${JSON.stringify(name)})`,
    },
  ]);
}
