import { tensorByteLength, type ActivationSpec, type OperandView } from '@bnfree/integer-kernels';
import { forEachRow, tensorGeometry } from './tensorGeometry.js';

/** Writes one stored value into the whole halo of a tensor, padding channels included; the inside stays. */
export function fillHalo(
  memory: Uint8Array,
  tensor: ActivationSpec,
  { byteOffset, layout }: OperandView,
  value: number,
): void {
  const { width, elementBytes } = tensorGeometry(tensor);
  const rowBytes = width * layout.channelStride * elementBytes;
  const elements =
    elementBytes === 4
      ? new Int32Array(memory.buffer, memory.byteOffset, Math.floor(memory.length / 4))
      : memory;
  const fill = (from: number, to: number) => {
    if (to > from) elements.fill(value, from / elementBytes, to / elementBytes);
  };
  // What lies between the end of one row and the start of the next is halo: right side, left side, or whole rows.
  let end = byteOffset;
  forEachRow(tensor, layout, ({ stored }) => {
    fill(end, byteOffset + stored);
    end = byteOffset + stored + rowBytes;
  });
  fill(end, byteOffset + tensorByteLength(tensor, { ...layout, tailBytes: 0 }));
}
