/** Time that passed, or time that the process had the processor. */
export type ClockName = 'wall' | 'cpu';

/** One measured work item in one engine: what `--json` writes. */
export interface BenchmarkRow {
  readonly id: string;
  /** Version of Node; null in a browser. */
  readonly node: string | null;
  /** Version of the browser; null in Node. */
  readonly browser: string | null;
  /** Instructions that ours could use. */
  readonly simd: 'base' | 'relaxed';
  readonly threads: number;
  readonly clock: ClockName;
  readonly batch: number;
  /** Multiply-accumulates of one call. */
  readonly macs: number;
  readonly ours: {
    /** Median milliseconds of a call. */
    readonly ms: number;
    /** Fastest round. */
    readonly best: number;
    /** Half the distance of the quartiles over the median. */
    readonly spread: number;
    readonly kernel: string;
    /** Held while loaded, and at most while loading. */
    readonly bytes: { readonly steady: number; readonly peak: number };
    /** Milliseconds of loading and preparing. */
    readonly prepareMs: number;
  };
  /** Median milliseconds by name. */
  readonly peers: Readonly<Record<string, number>>;
  readonly peerSpreads: Readonly<Record<string, number>>;
  readonly peerBests: Readonly<Record<string, number>>;
  /** Peer over ours: above 1 ours is faster. */
  readonly ratios: Readonly<Record<string, number>>;
  readonly equality: Equality;
}

/** What was compared before timing. */
export interface Equality {
  /** SHA-256 of our output bytes, the same on the TypeScript reference. */
  readonly outputSha256: string;
  readonly peers: Readonly<Record<string, PeerEquality>>;
}

/** How a peer's result relates to ours, in stored steps. */
export interface PeerEquality {
  readonly largestDifference: number;
  /** Share of values that are further apart than rounding explains (one step). */
  readonly differingShare: number;
  /** Whether the peer's class is within a step of our largest logit; null where the output is no list of logits. */
  readonly isSameClass: boolean | null;
}
