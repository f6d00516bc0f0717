import type { KernelBackend } from '@bnfree/integer-kernels';
import type { Clock } from './sampleInterleaved.js';
import type { ClockName } from '../report/row.js';
import type { Peer } from '../peers/peer.js';
import type { PeerName, WorkItem } from '../work/workItem.js';

/** The engine that a benchmark runs in, and what can be had there. */
export interface Environment {
  /** Version of Node; null in a browser. */
  readonly node: string | null;
  /** Version of the browser; null in Node. */
  readonly browser: string | null;
  readonly threads: number;
  readonly clock: Clock;
  /** What the clock counts. */
  readonly clockName: ClockName;
  /** Opens one of our backends with a number of threads; undefined where it cannot have as many. */
  openBackend(item: WorkItem, threads: number): KernelBackend | undefined;
  /** Undefined where the peer has no form here. */
  loadPeer(name: PeerName): Promise<Peer | undefined>;
  /** SHA-256 of the reference's output of a work item, computed at most once for all engines. */
  referenceSha256(id: string, compute: () => Promise<string>): Promise<string>;
  /** Says what is left out and why. */
  note(text: string): void;
}
