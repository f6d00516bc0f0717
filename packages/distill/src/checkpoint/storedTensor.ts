import type { StoredTensor, TensorFile } from './tensorFile.js';

/** A tensor of a checkpoint by name; a file without it was written by other code. */
export function storedTensor(tensors: TensorFile['tensors'], name: string): StoredTensor {
  if (!Object.hasOwn(tensors, name)) throw new RangeError(`checkpoint lacks "${name}"`);
  return tensors[name];
}

/** Its values as float32, which is what training stores. */
export function storedFloats(tensors: TensorFile['tensors'], name: string): Float32Array {
  const { values } = storedTensor(tensors, name);
  if (!(values instanceof Float32Array)) throw new RangeError(`checkpoint's "${name}" is not float32`);
  return values;
}
