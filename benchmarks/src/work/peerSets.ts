import type { PeerName } from './workItem.js';

/** Every engine but tfjs-cpu, which is a hundred times slower. */
export const wasmPeers: readonly PeerName[] = [
  'tfjs-wasm f32',
  'onnxruntime-web f32',
  'onnxruntime-web u8',
  'onnxruntime-node u8',
  'LiteRT.js i8',
];
