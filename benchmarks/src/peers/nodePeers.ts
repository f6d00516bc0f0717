import type { PeerName } from '../work/workItem.js';
import { onnxPeer, type OnnxRuntime } from './onnxPeer.js';
import type { Peer } from './peer.js';
import { tfjsPeer } from './tfjsPeer.js';

/** Loads a peer in Node, or undefined where it has no form there. Thread counts hold for the whole process. */
export async function loadNodePeer(name: PeerName, threads: number): Promise<Peer | undefined> {
  switch (name) {
    case 'tfjs-wasm f32':
      // In Node it has no threads.
      if (threads > 1) return undefined;
      await import('@tensorflow/tfjs-backend-wasm');
      return tfjsPeer(name, 'wasm');
    case 'tfjs-cpu f32':
      if (threads > 1) return undefined;
      await import('@tensorflow/tfjs-backend-cpu');
      return tfjsPeer(name, 'cpu');
    case 'onnxruntime-web f32':
      return onnxPeer(name, await onnxruntimeWeb(threads), 'f32', {
        executionProviders: ['wasm'],
        logSeverityLevel: 3,
      });
    case 'onnxruntime-web u8':
      return onnxPeer(name, await onnxruntimeWeb(threads), 'u8', {
        executionProviders: ['wasm'],
        logSeverityLevel: 3,
      });
    case 'onnxruntime-node u8': {
      const runtime = (await import('onnxruntime-node')) as unknown as OnnxRuntime;
      const options = {
        executionProviders: ['cpu'],
        intraOpNumThreads: threads,
        interOpNumThreads: 1,
        logSeverityLevel: 3,
      } as const;
      return onnxPeer(name, runtime, 'u8', options);
    }
    case 'LiteRT.js i8':
      return undefined;
  }
}

async function onnxruntimeWeb(threads: number): Promise<OnnxRuntime> {
  const runtime = await import('onnxruntime-web');
  runtime.env.wasm.numThreads = threads;
  return runtime;
}
