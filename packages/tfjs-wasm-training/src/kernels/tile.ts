import { util } from '@tensorflow/tfjs-core';
import type { NamedAttrMap, TensorInfo, TileAttrs } from '@tensorflow/tfjs-core';
import type { TrainingKernel } from '../trainingKernel.js';
import type { WasmTensors } from '../wasmTensors.js';

/** A tensor repeated along its axes: the gradient of batch normalization is made of it. */
export const tile: TrainingKernel = {
  kernelName: 'Tile',
  reason: 'slow',
  build: (previous) => (params) => {
    const { x } = params.inputs as { x: TensorInfo };
    const { reps } = params.attrs as NamedAttrMap & TileAttrs;
    const isPlain = (x.dtype === 'float32' || x.dtype === 'int32') && reps.length === x.shape.length;
    // Bytes and texts are as they were: nobody tiles many of them.
    if (!isPlain && previous !== undefined) return previous(params);
    const tensors = params.backend as WasmTensors;
    const shape = x.shape.map((size, axis) => size * reps[axis]);
    const output = tensors.makeOutput(shape, x.dtype);
    if (util.sizeFromShape(shape) === 0) return output;
    // After the allocation, which may detach views.
    const [target, source] = [output, x].map((t) => tensors.typedArrayFromHeap(t)) as [
      Float32Array,
      Float32Array,
    ];
    writeAxis({ target, source, shape: x.shape, reps, repeated: lastRepeated(reps) }, 0, 0, 0);
    return output;
  },
};

interface Tiling {
  readonly target: Float32Array;
  readonly source: Float32Array;
  readonly shape: readonly number[];
  readonly reps: readonly number[];
  /** Last axis that is repeated: what lies below is copied as it is. */
  readonly repeated: number;
}

/** Writes everything from an axis on, and returns how many values that were. */
function writeAxis(tiling: Tiling, axis: number, from: number, to: number): number {
  const { target, source, shape, reps, repeated } = tiling;
  const size = util.sizeFromShape(shape.slice(axis));
  if (axis > repeated) {
    target.set(source.subarray(from, from + size), to);
    return size;
  }
  let written = 0;
  for (let i = 0; i < shape[axis]; i += 1)
    written += writeAxis(tiling, axis + 1, from + (i * size) / shape[axis], to + written);
  // What is there is doubled until it is enough.
  const whole = written * reps[axis];
  for (let done = written; done < whole; done += Math.min(done, whole - done))
    target.copyWithin(to + done, to, to + Math.min(done, whole - done));
  return whole;
}

function lastRepeated(reps: readonly number[]): number {
  return reps.reduce((last, count, axis) => (count > 1 ? axis : last), -1);
}
