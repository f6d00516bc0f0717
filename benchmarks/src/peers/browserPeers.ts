import { loadLiteRt } from '@litertjs/core';
import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as onnxruntime from 'onnxruntime-web/wasm';
import type { PeerName } from '../work/workItem.js';
import { liteRtPeer } from './liteRtPeer.js';
import { onnxPeer } from './onnxPeer.js';
import type { Peer } from './peer.js';
import { tfjsPeer } from './tfjsPeer.js';

/** Folders under which the page's server has the files that engines load themselves. */
export const engineFolders = { tfjs: '/tfjs/', onnxruntime: '/onnxruntime/', liteRt: '/litert/' } as const;

const options = { executionProviders: ['wasm'], logSeverityLevel: 3 } as const;
let liteRt: ReturnType<typeof loadLiteRt> | undefined;

/** Loads a peer in a page, or undefined where it has no form there. Thread counts hold for the whole page. */
export async function loadBrowserPeer(name: PeerName, threads: number): Promise<Peer | undefined> {
  onnxruntime.env.wasm.wasmPaths = engineFolders.onnxruntime;
  onnxruntime.env.wasm.numThreads = threads;
  switch (name) {
    case 'tfjs-wasm f32':
      setWasmPaths(engineFolders.tfjs);
      setThreadsCount(threads);
      return tfjsPeer(name, 'wasm');
    case 'onnxruntime-web f32':
      return onnxPeer(name, onnxruntime, 'f32', options);
    case 'onnxruntime-web u8':
      return onnxPeer(name, onnxruntime, 'u8', options);
    case 'LiteRT.js i8':
      liteRt ??= loadLiteRt(engineFolders.liteRt, { threads: threads > 1 });
      return liteRtPeer(await liteRt, threads);
    default:
      return undefined;
  }
}
