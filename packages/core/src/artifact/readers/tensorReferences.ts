import { mismatch, reject, type ReadContext, type Reader } from './reader.js';

/** Reads a reference `{"tensor": name}` to 32-bit integers. */
export const int32Tensor: Reader<Int32Array> = (value, path, context) =>
  readTensor(value, path, context, 'int32') as Int32Array;

/** Reads a reference `{"tensor": name}` to bytes. */
export const byteTensor: Reader<Uint8Array> = (value, path, context) =>
  readTensor(value, path, context, 'byte') as Uint8Array;

function readTensor(
  value: Parameters<Reader<unknown>>[0],
  path: string,
  context: ReadContext,
  element: 'int32' | 'byte',
): Int32Array | Uint8Array {
  const name = value instanceof Map && value.size === 1 ? value.get('tensor') : undefined;
  if (typeof name !== 'string') {
    return mismatch(context, path, value, '{"tensor": name}');
  }
  return (
    context.tensor(name, element) ??
    reject(context, 'TENSOR_MISSING', path, `the file holds no ${element} tensor ${JSON.stringify(name)}`)
  );
}
