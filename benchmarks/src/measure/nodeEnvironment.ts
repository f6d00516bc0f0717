import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadNodePeer } from '../peers/nodePeers.js';
import type { Environment } from './environment.js';
import type { MeasureOrder } from './measureProcess.js';
import { askedPeers } from './measureTask.js';
import { openBackend } from './openBackend.js';

/** This process. Digests of the reference are kept in a folder that several processes share. */
export function nodeEnvironment(order: MeasureOrder, note: (text: string) => void): Environment {
  const { threads, clock, options, digestFolder } = order;
  return {
    node: process.version,
    browser: null,
    threads,
    clockName: clock,
    clock: clock === 'wall' ? () => performance.now() : processorMs,
    openBackend: (item, count) => openBackend(item, count, options),
    loadPeer: askedPeers(order, (name) => loadNodePeer(name, threads)),
    referenceSha256: (id, compute) => keptSha256(digestFolder, id, compute),
    note,
  };
}

/** Digest of the reference's output from a folder, computed where it is not there yet. */
export async function keptSha256(
  folder: string,
  id: string,
  compute: () => Promise<string>,
): Promise<string> {
  const file = join(folder, `${id.replaceAll('/', '_')}.sha256`);
  if (existsSync(file)) return readFileSync(file, 'utf8');
  const digest = await compute();
  writeFileSync(file, digest);
  return digest;
}

/** Milliseconds that all threads of this process were executed. */
function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
