import { util } from '@tensorflow/tfjs-core';
import type { NamedAttrMap, TensorInfo, UnsortedSegmentSumAttrs } from '@tensorflow/tfjs-core';
import type { TrainingKernel } from '../trainingKernel.js';
import { TrainingKernelError } from '../trainingKernelError.js';
import type { WasmTensors } from '../wasmTensors.js';

/**
 * The sum of the rows of each segment, which `tf.gather` needs for its gradient.
 *
 * x [rows, ...], segmentIds [rows], int32; the result is [numSegments, ...]. Rows whose id is negative or not
 * below numSegments are left out, as on the cpu backend.
 */
export const unsortedSegmentSum: TrainingKernel = {
  kernelName: 'UnsortedSegmentSum',
  reason: 'missing',
  build:
    () =>
    ({ inputs, attrs, backend }) => {
      const { x, segmentIds } = inputs as { x: TensorInfo; segmentIds: TensorInfo };
      const { numSegments } = attrs as NamedAttrMap & UnsortedSegmentSumAttrs;
      throwIfUnsupported(x, segmentIds);
      const tensors = backend as WasmTensors;
      const sums = tensors.makeOutput([numSegments, ...x.shape.slice(1)], x.dtype);
      // After the allocation, which may detach views.
      const [sumsView, xView, idsView] = [sums, x, segmentIds].map((t) => tensors.typedArrayFromHeap(t)) as [
        Float32Array,
        Float32Array,
        Int32Array,
      ];
      sumsView.fill(0);
      addRows(sumsView, xView, idsView, util.sizeFromShape(x.shape.slice(1)), numSegments);
      return sums;
    },
};

function addRows(
  sums: Float32Array,
  x: Float32Array,
  segmentIds: Int32Array,
  rowLength: number,
  numSegments: number,
): void {
  segmentIds.forEach((segment, row) => {
    if (segment < 0 || segment >= numSegments) return;
    const source = row * rowLength;
    const target = segment * rowLength;
    for (let i = 0; i < rowLength; i++) {
      sums[target + i] = sums[target + i] + x[source + i];
    }
  });
}

function throwIfUnsupported(x: TensorInfo, segmentIds: TensorInfo): void {
  if (segmentIds.shape.length === 1 && segmentIds.shape[0] === x.shape[0]) return;
  throw new TrainingKernelError([
    {
      code: 'UNSUPPORTED_SHAPE',
      path: 'UnsortedSegmentSum.segmentIds',
      message: `Got shape [${segmentIds.shape.join(', ')}], expected [${x.shape[0] ?? ''}]: one id a row of x.`,
      fix: 'tf.unsortedSegmentSum(tf.reshape(x, [segmentIds.size, -1]), tf.reshape(segmentIds, [-1]), numSegments)',
    },
  ]);
}
