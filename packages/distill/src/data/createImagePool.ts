import { sha256 } from '@noble/hashes/sha2';
import { bytesToHex } from '@noble/hashes/utils';
import type { ImagePool } from './imagePool.js';

/**
 * Wraps images and labels, already checked, as a pool.
 *
 * The bytes are kept, not copied: they must not change while the pool is in use. The digest is computed when it is
 * first asked for.
 */
export function createImagePool(content: Omit<ImagePool, 'digest'>): ImagePool {
  let digest: string | undefined;
  return {
    ...content,
    get digest() {
      digest ??= digestOf(content);
      return digest;
    },
  };
}

function digestOf({ count, shape, images, labels }: Omit<ImagePool, 'digest'>): string {
  const header = JSON.stringify({ format: 'bnfree-images-1', count, shape, labeled: labels !== null });
  const hash = sha256.create().update(new TextEncoder().encode(header)).update(images);
  if (labels) hash.update(new Uint8Array(labels.buffer, labels.byteOffset, labels.byteLength));
  return bytesToHex(hash.digest());
}
