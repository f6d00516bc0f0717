import { BnfreeError } from '@bnfree/core';
import * as tf from '@tensorflow/tfjs-core';
import { quantizeDoReFa } from '../lowBit/quantizeDoReFa.js';

/** Values that were fetched ahead, by the data behind a tensor, which never changes. */
const fetched = new WeakMap<object, tf.TypedArray>();
/** Kernels that a teacher computes with instead of those it stores, by the stored one's data and the bits. */
const quantized = new WeakMap<object, Map<number, Float32Array>>();

const readFirst = 'await readTeacher(model) first, or give the model itself to distillLayerwise';

/**
 * Copies a tensor's values to the host at once.
 *
 * Some tfjs backends (webgpu) can only be waited for: there {@link fetchToHost} goes before.
 * @throws BnfreeError TEACHER_NOT_READABLE
 */
export function hostValues(tensor: tf.Tensor, fix = readFirst): Float32Array {
  const known = fetched.get(tensor.dataId);
  return Float32Array.from(known ?? reading(() => tensor.dataSync(), fix));
}

/** A DoReFa kernel as its layer computes with it; throws as {@link hostValues} does. */
export function hostQuantizedKernel(kernel: tf.Tensor, bits: number): Float32Array {
  const known = quantized.get(kernel.dataId)?.get(bits);
  if (known !== undefined) return Float32Array.from(known);
  const result = tf.tidy(() => quantizeDoReFa(kernel, bits));
  try {
    return Float32Array.from(reading(() => result.dataSync(), readFirst));
  } finally {
    result.dispose();
  }
}

/** Fetches a tensor, so that it can be read at once afterwards, on any backend; whether it had not been fetched before. */
export async function fetchToHost(tensor: tf.Tensor): Promise<boolean> {
  if (fetched.has(tensor.dataId)) return false;
  fetched.set(tensor.dataId, await tensor.data());
  return true;
}

/** Lets go of what was fetched of a tensor. */
export function forgetFetched({ dataId }: tf.Tensor): void {
  fetched.delete(dataId);
  quantized.delete(dataId);
}

/** Fetches what a DoReFa layer computes with. */
export async function fetchQuantizedKernel(kernel: tf.Tensor, bits: number): Promise<void> {
  const byBits = quantized.get(kernel.dataId) ?? new Map<number, Float32Array>();
  if (byBits.has(bits)) return;
  const result = tf.tidy(() => quantizeDoReFa(kernel, bits));
  byBits.set(bits, Float32Array.from(await result.data()));
  quantized.set(kernel.dataId, byBits);
  result.dispose();
}

function reading(read: () => tf.TypedArray, fix: string): tf.TypedArray {
  try {
    return read();
  } catch (cause) {
    const backend = tf.getBackend();
    const message = `got values on the tfjs backend "${backend}", expected that they can be read at once: ${String(cause)}`;
    throw new BnfreeError([{ code: 'TEACHER_NOT_READABLE', path: 'teacher', message, fix }], { cause });
  }
}
