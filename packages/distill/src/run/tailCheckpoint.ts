import { storedFloats, storedTensor } from '../checkpoint/storedTensor.js';
import type { TensorFile } from '../checkpoint/tensorFile.js';
import type { TeacherTail } from '../training/teacherTail.js';

/** The float layers behind a value, as a checkpoint. */
export function storeTail(tail: TeacherTail, value: string): TensorFile {
  const tensors: Record<string, TensorFile['tensors'][string]> = {};
  for (const { name } of tail.layersAfter(value)) {
    const { kernel, kernelShape, bias } = tail.parameters(name);
    tensors[`${name}/kernel`] = { shape: kernelShape, values: kernel };
    tensors[`${name}/bias`] = { shape: [bias.length], values: bias };
  }
  return { metadata: { tailOf: value }, tensors };
}

/** Takes the layers of {@link storeTail} back. */
export function restoreTail(tail: TeacherTail, { metadata, tensors }: TensorFile): void {
  for (const { name } of tail.layersAfter(metadata['tailOf'] as string)) {
    tail.replace(name, {
      kernelShape: storedTensor(tensors, `${name}/kernel`).shape,
      kernel: storedFloats(tensors, `${name}/kernel`),
      bias: storedFloats(tensors, `${name}/bias`),
    });
  }
}
