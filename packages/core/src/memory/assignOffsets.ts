/** A block of memory that is in use from one step to another, both included. */
export interface Lifetime {
  readonly byteLength: number;
  readonly firstStep: number;
  readonly lastStep: number;
}

/** Where each block lies, and the bytes that all of them take. */
export interface OffsetAssignment {
  readonly offsets: readonly number[];
  readonly byteLength: number;
}

const alignment = 16;

/** Rounds up to the alignment that kernels rely on. */
export function alignUp(byteLength: number): number {
  return Math.ceil(byteLength / alignment) * alignment;
}

/**
 * Places blocks so that no two of them share memory while both are in use.
 *
 * Largest first, each into the smallest gap that holds it (greedy by size, arXiv:2001.03288). With `reuse` false every block
 * has memory of its own. Deterministic.
 */
export function assignOffsets(blocks: readonly Lifetime[], reuse: boolean): OffsetAssignment {
  const order = blocks
    .map((block, index) => ({ ...block, index, byteLength: alignUp(block.byteLength) }))
    .sort((a, b) => b.byteLength - a.byteLength || a.firstStep - b.firstStep || a.index - b.index);
  const placed: { readonly begin: number; readonly end: number; readonly block: Lifetime }[] = [];
  const offsets = blocks.map(() => 0);
  for (const block of order) {
    const busy = placed.filter((other) => !reuse || meet(other.block, block));
    const begin = smallestGap(busy, block.byteLength);
    offsets[block.index] = begin;
    placed.push({ begin, end: begin + block.byteLength, block });
  }
  return { offsets, byteLength: placed.reduce((all, { end }) => Math.max(all, end), 0) };
}

function meet(a: Lifetime, b: Lifetime): boolean {
  return a.firstStep <= b.lastStep && b.firstStep <= a.lastStep;
}

function smallestGap(
  busy: readonly { readonly begin: number; readonly end: number }[],
  byteLength: number,
): number {
  const sorted = [...busy].sort((a, b) => a.begin - b.begin);
  let free = 0;
  let best: { begin: number; length: number } | undefined;
  for (const { begin, end } of sorted) {
    const length = begin - free;
    if (length >= byteLength && (best === undefined || length < best.length)) {
      best = { begin: free, length };
    }
    free = Math.max(free, end);
  }
  return best?.begin ?? free;
}
