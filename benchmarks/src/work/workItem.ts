import type { IntegerGraph } from '@bnfree/core';
import type { WasmBackendOptions } from '@bnfree/integer-kernels';

/** Engines that other people made, with the number format they compute in. */
export const peerNames = [
  'tfjs-wasm f32',
  'tfjs-cpu f32',
  'onnxruntime-web f32',
  'onnxruntime-web u8',
  'onnxruntime-node u8',
  'LiteRT.js i8',
] as const;
export type PeerName = (typeof peerNames)[number];

/** One thing to time, by ours and by peers. */
export interface WorkItem {
  /** Stable: rows of different days are compared by it. */
  readonly id: string;
  /** Images at once; rows of the left matrix for a product. */
  readonly batch: number;
  /**
   * `model`: the whole call, dense input bytes to dense output bytes.
   * `op`: the graph's only node by itself, its operands in the backend's memory.
   */
  readonly scope: 'model' | 'op';
  /** Ours. */
  readonly backend: 'wasm' | 'typescript' | 'fastTypescript';
  /** Of the wasm backend. */
  readonly options?: WasmBackendOptions;
  readonly peers: readonly PeerName[];
  /** Part of a quick run. */
  readonly isQuick: boolean;
  /** Whether the most that the engine's instructions allow is timed beside it. */
  readonly hasRoof?: boolean;
  /** Made anew by every call, always the same. */
  readonly graph: () => IntegerGraph;
  /** Other own ways of the same work, timed beside it as if they were peers. */
  readonly own?: Readonly<Record<string, () => IntegerGraph>>;
}
