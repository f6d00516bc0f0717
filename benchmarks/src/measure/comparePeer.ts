import type { PeerEquality } from '../report/row.js';

/** Relates a peer's values to ours; `logits` is the number of classes, or null where there are none. */
export function comparePeer(
  our: ArrayLike<number>,
  peer: ArrayLike<number>,
  logits: number | null,
): PeerEquality {
  if (our.length !== peer.length) throw new Error(`a peer gives ${peer.length} values, ours ${our.length}`);
  let largestDifference = 0;
  let differing = 0;
  for (let i = 0; i < our.length; i += 1) {
    const difference = Math.abs(our[i] - peer[i]);
    // Not a number is the largest difference of all.
    if (!(difference <= largestDifference)) largestDifference = difference;
    if (!(difference <= 1)) differing += 1;
  }
  return {
    largestDifference: Number(largestDifference.toPrecision(3)),
    differingShare: Number((differing / our.length).toPrecision(3)),
    isSameClass:
      logits === null ? null : our[largestIndex(our, logits)] - our[largestIndex(peer, logits)] <= 1,
  };
}

/** Class of the first image. */
function largestIndex(values: ArrayLike<number>, count: number): number {
  let best = 0;
  for (let i = 1; i < count; i += 1) if (values[i] > values[best]) best = i;
  return best;
}
