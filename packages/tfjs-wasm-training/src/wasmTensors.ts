import { engine } from '@tensorflow/tfjs-core';
import type { DataType, Tensor4D, TensorInfo } from '@tensorflow/tfjs-core';

/** The part of tfjs's wasm backend that the kernels written as loops use. */
export interface WasmTensors {
  /** Allocates an output; its bytes are not cleared. */
  makeOutput(shape: readonly number[], dtype: DataType): TensorInfo;
  /** The tensor's numbers in the wasm memory; any allocation may detach the view. */
  typedArrayFromHeap(tensor: TensorInfo): Float32Array | Int32Array | Uint8Array;
}

/**
 * Makes a tensor and lets `write` fill it, with views of the tensors that it reads.
 *
 * The target is not cleared. For use where the wasm backend's own op (slice, strided slice, reverse) is slow: a
 * loop here runs on the same memory, without a copy.
 */
export function writeTensor<Sources extends readonly TensorInfo[]>(
  tensors: WasmTensors,
  shape: readonly [number, number, number, number],
  sources: Sources,
  write: (target: Float32Array, ...sources: { [Index in keyof Sources]: Float32Array }) => void,
): Tensor4D {
  const output = tensors.makeOutput(shape, 'float32');
  // After the allocation, which may detach views.
  const [target, ...views] = [output, ...sources].map((t) => tensors.typedArrayFromHeap(t) as Float32Array);
  write(target, ...(views as unknown as { [Index in keyof Sources]: Float32Array }));
  return engine().makeTensorFromTensorInfo(output) as Tensor4D;
}
