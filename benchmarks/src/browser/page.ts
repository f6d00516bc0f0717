// The benchmark's page: measures what its host asks for. Bundled when it is served.
import type { Environment } from '../measure/environment.js';
import { measureItem } from '../measure/measureItem.js';
import { askedPeers, type MeasureTask } from '../measure/measureTask.js';
import { openBackend } from '../measure/openBackend.js';
import { loadBrowserPeer } from '../peers/browserPeers.js';
import type { BenchmarkRow } from '../report/row.js';
import { workList } from '../work/workList.js';

/** What the host asks of the page: the first id of the task. */
export interface PageOrder {
  readonly browser: string;
  readonly task: MeasureTask;
}

/** Functions that the host gives to the page. */
interface Host {
  hostReferenceSha256(id: string): Promise<string>;
  hostNote(text: string): Promise<void>;
}

async function measure({ browser, task }: PageOrder): Promise<BenchmarkRow | undefined> {
  const host = globalThis as unknown as Host;
  const { threads, options, budget } = task;
  const environment: Environment = {
    node: null,
    browser,
    threads,
    clockName: 'wall',
    clock: () => performance.now(),
    openBackend: (item, count) => openBackend(item, count, options),
    loadPeer: askedPeers(task, (name) => loadBrowserPeer(name, threads)),
    referenceSha256: (id) => host.hostReferenceSha256(id),
    note: (text) => void host.hostNote(text),
  };
  const item = workList().find(({ id }) => id === task.ids[0]);
  return item === undefined ? undefined : measureItem(item, environment, budget);
}

Object.assign(globalThis, { measure });
