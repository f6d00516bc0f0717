// The benchmark's page: measures what its host asks for. Bundled when it is served.
import type { WasmBackendOptions } from '@bnfree/integer-kernels';
import { measureItem } from '../measure/measureItem.js';
import type { Environment } from '../measure/environment.js';
import { openBackend } from '../measure/openBackend.js';
import type { SamplingBudget } from '../measure/sampleInterleaved.js';
import { loadBrowserPeer } from '../peers/browserPeers.js';
import type { BenchmarkRow } from '../report/row.js';
import { workList } from '../work/workList.js';

/** What the host asks of the page. */
export interface PageOrder {
  readonly id: string;
  readonly browser: string;
  readonly threads: number;
  readonly budget: SamplingBudget;
  readonly options: WasmBackendOptions;
}

/** Functions that the host gives to the page. */
interface Host {
  hostReferenceSha256(id: string): Promise<string>;
  hostNote(text: string): Promise<void>;
}

async function measure({
  id,
  browser,
  threads,
  budget,
  options,
}: PageOrder): Promise<BenchmarkRow | undefined> {
  const host = globalThis as unknown as Host;
  const environment: Environment = {
    node: null,
    browser,
    threads,
    clock: () => performance.now(),
    openBackend: (item, count) => openBackend(item, count, options),
    loadPeer: (name) => loadBrowserPeer(name, threads),
    referenceSha256: (item) => host.hostReferenceSha256(item),
    note: (text) => void host.hostNote(text),
  };
  const item = workList().find((candidate) => candidate.id === id);
  return item === undefined ? undefined : measureItem(item, environment, budget);
}

Object.assign(globalThis, { measure });
