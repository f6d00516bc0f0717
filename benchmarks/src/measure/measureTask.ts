import type { WasmBackendOptions } from '@bnfree/integer-kernels';
import type { Peer } from '../peers/peer.js';
import type { PeerName } from '../work/workItem.js';
import type { SamplingBudget } from './sampleInterleaved.js';

/** What an engine is asked to measure. */
export interface MeasureTask {
  readonly ids: readonly string[];
  readonly threads: number;
  readonly budget: SamplingBudget;
  /** Of our wasm backend. */
  readonly options: WasmBackendOptions;
  /** Parts of the names of peers to measure beside; all where it is left out. */
  readonly peers?: readonly string[];
}

/** The same loader for those peers that are asked for. */
export function askedPeers(
  { peers }: Pick<MeasureTask, 'peers'>,
  load: (name: PeerName) => Promise<Peer | undefined>,
): (name: PeerName) => Promise<Peer | undefined> {
  const isAsked = (name: PeerName): boolean =>
    peers === undefined || peers.some((part) => name.includes(part));
  return (name) => (isAsked(name) ? load(name) : Promise.resolve(undefined));
}
