import { sha256 } from '@noble/hashes/sha2';
import { bytesToHex } from '@noble/hashes/utils';

/** SHA-256 of a view's bytes, as 64 lower-case hex digits. */
export function sha256Hex(view: ArrayBufferView): string {
  return bytesToHex(sha256(bytesOf(view)));
}

/** The bytes of any view, without copying. */
export function bytesOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}
