import type { ActivationSpec, OperandView } from '@bnfree/integer-kernels';
import { forEachRow, tensorGeometry } from './tensorGeometry.js';

/** Copies a dense tensor into an arena; halo and padding channels are left as they are. */
export function writeTensor(
  memory: Uint8Array,
  tensor: ActivationSpec,
  { byteOffset, layout }: OperandView,
  dense: Uint8Array,
): void {
  forEachRun(tensor, { byteOffset, layout }, (stored, start, length) => {
    memory.set(dense.subarray(start, start + length), stored);
  });
}

/** Copies a tensor out of an arena into a dense one. */
export function readTensor(
  memory: Uint8Array,
  tensor: ActivationSpec,
  { byteOffset, layout }: OperandView,
  dense: Uint8Array,
): void {
  forEachRun(tensor, { byteOffset, layout }, (stored, start, length) => {
    dense.set(memory.subarray(stored, stored + length), start);
  });
}

/** Calls back for every run of bytes that is contiguous on both sides: a row, or a pixel where channels are padded. */
function forEachRun(
  tensor: ActivationSpec,
  { byteOffset, layout }: OperandView,
  visit: (stored: number, dense: number, length: number) => void,
): void {
  const { width, channels, elementBytes } = tensorGeometry(tensor);
  const pixelBytes = channels * elementBytes;
  const strideBytes = layout.channelStride * elementBytes;
  forEachRow(tensor, layout, (row) => {
    const stored = byteOffset + row.stored;
    if (strideBytes === pixelBytes) {
      visit(stored, row.dense, width * pixelBytes);
      return;
    }
    for (let x = 0; x < width; x++) {
      visit(stored + x * strideBytes, row.dense + x * pixelBytes, pixelBytes);
    }
  });
}
