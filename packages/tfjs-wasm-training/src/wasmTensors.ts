import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';

/** The part of tfjs's wasm backend that the kernels written as loops use. */
export interface WasmTensors {
  /** Allocates an output; its bytes are not cleared. */
  makeOutput(shape: readonly number[], dtype: DataType): TensorInfo;
  /** The tensor's numbers in the wasm memory; any allocation may detach the view. */
  typedArrayFromHeap(tensor: TensorInfo): Float32Array | Int32Array | Uint8Array;
}
