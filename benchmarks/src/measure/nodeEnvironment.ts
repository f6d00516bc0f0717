import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { typescriptBackend, wasmBackend } from '@bnfree/integer-kernels';
import { loadNodePeer } from '../peers/nodePeers.js';
import type { Environment } from './environment.js';

/** This process. Digests of the reference are kept in a folder that several processes share. */
export function nodeEnvironment(
  threads: number,
  digestFolder: string,
  note: (text: string) => void,
): Environment {
  return {
    node: process.version,
    browser: null,
    threads,
    openBackend(backend, count) {
      if (backend === 'typescript') return count === 1 ? typescriptBackend() : undefined;
      return count === 1 ? wasmBackend() : undefined;
    },
    loadPeer: (name) => loadNodePeer(name, threads),
    async referenceSha256(id, compute) {
      const file = join(digestFolder, `${id.replaceAll('/', '_')}.sha256`);
      if (existsSync(file)) return readFileSync(file, 'utf8');
      const digest = await compute();
      writeFileSync(file, digest);
      return digest;
    },
    note,
  };
}
