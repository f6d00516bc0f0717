import type { Lifetime } from './assignOffsets.js';
import type { LaidOutValue } from './insertRelayouts.js';
import { tensorGeometry } from './tensorGeometry.js';

/** Blocks of memory, and the block of every value. */
export interface HaloSlots {
  readonly slots: readonly Lifetime[];
  readonly slotOf: readonly number[];
}

/**
 * What the halo of a value has in common with that of another whose memory it can share; undefined where no halo is read.
 *
 * Equal keys: the same pixels of the memory are halo, and hold the same bytes.
 */
export function haloKey({ tensor, layout, haloValue }: LaidOutValue): string | undefined {
  if (haloValue === null) return undefined;
  const { channelStride, halo } = layout;
  const { elementBytes } = tensorGeometry(tensor);
  const [images, height, width] = tensor.shape;
  const { top, bottom, left, right } = halo;
  return [images, height, width, channelStride, elementBytes, top, bottom, left, right, haloValue].join();
}

/**
 * Joins values of equal keys that do not live at the same time in blocks that are theirs for good.
 *
 * Kernels write inside of an image only: what stands in the halo of such a block stands there in every run. Values without a key
 * get a block each, of their own lifetime. With `reuse` false nothing is joined.
 */
export function shareHalos(
  keys: readonly (string | undefined)[],
  lifetimes: readonly Lifetime[],
  reuse: boolean,
): HaloSlots {
  const slots: Lifetime[] = [];
  const slotOf = lifetimes.map(() => 0);
  const joined = new Map<string, { readonly slot: number; lastStep: number }[]>();
  const order = lifetimes
    .map((_, index) => index)
    .sort((a, b) => lifetimes[a].firstStep - lifetimes[b].firstStep || a - b);
  for (const index of order) {
    const { byteLength, firstStep, lastStep } = lifetimes[index];
    const key = keys[index];
    const known = (key !== undefined && joined.get(key)) || [];
    const free = reuse ? known.find((block) => block.lastStep < firstStep) : undefined;
    if (free !== undefined) {
      free.lastStep = lastStep;
      slotOf[index] = free.slot;
      continue;
    }
    const isPermanent = key !== undefined;
    const slot =
      slots.push(isPermanent ? { byteLength, firstStep: -1, lastStep: Infinity } : lifetimes[index]) - 1;
    slotOf[index] = slot;
    if (isPermanent) joined.set(key, [...known, { slot, lastStep }]);
  }
  return { slots, slotOf };
}
