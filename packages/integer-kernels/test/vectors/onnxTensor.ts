import type { ElementType } from '../../src/index.js';
import type { onnx } from 'onnx-proto';
import { readCodes } from './weightCodes.js';

/** A tensor of an ONNX file; integers and floats alike as numbers, in row-major order. */
export interface OnnxTensor {
  readonly type: OnnxType;
  readonly shape: readonly number[];
  readonly values: readonly number[];
  /** As stored in the file; absent in tensors that a test made. */
  readonly bytes?: Uint8Array;
}

/** How one element type of TensorProto is stored. */
interface OnnxStorage {
  readonly id: number;
  readonly bits: number;
  decode(view: DataView, index: number): number;
}

/** The element types that occur in cases of integer ops; sub-byte types are read by {@link readOnnxTensor}. */
export const onnxStorage = {
  float32: { id: 1, bits: 32, decode: (view, index) => view.getFloat32(index * 4, true) },
  uint8: { id: 2, bits: 8, decode: (view, index) => view.getUint8(index) },
  int8: { id: 3, bits: 8, decode: (view, index) => view.getInt8(index) },
  int32: { id: 6, bits: 32, decode: (view, index) => view.getInt32(index * 4, true) },
  float16: { id: 10, bits: 16, decode: (view, index) => decodeFloat16(view.getUint16(index * 2, true)) },
  uint4: { id: 21, bits: 4, decode: (view, index) => decodeSubByte(view, index, 4) },
  int4: { id: 22, bits: 4, decode: (view, index) => toSigned(decodeSubByte(view, index, 4), 4) },
  uint2: { id: 25, bits: 2, decode: (view, index) => decodeSubByte(view, index, 2) },
  int2: { id: 26, bits: 2, decode: (view, index) => toSigned(decodeSubByte(view, index, 2), 2) },
} as const satisfies Record<string, OnnxStorage>;

export type OnnxType = keyof typeof onnxStorage;

/** Reads a TensorProto whose values stand in `raw_data`, or one byte an entry in `int32_data` (sub-byte types). */
export function readOnnxTensor(proto: onnx.ITensorProto): OnnxTensor {
  const type = (Object.keys(onnxStorage) as OnnxType[]).find(
    (name) => onnxStorage[name].id === Number(proto.dataType),
  );
  if (type === undefined)
    throw new Error(`tensor ${proto.name ?? ''}: data type ${proto.dataType ?? '?'} is not read`);
  const bytes = rawBytes(proto);
  const shape = (proto.dims ?? []).map(Number);
  const length = shape.reduce((product, size) => product * size, 1);
  if (bytes.length < Math.ceil((length * onnxStorage[type].bits) / 8)) {
    throw new Error(`tensor ${proto.name ?? ''}: ${bytes.length} bytes for ${length} values of ${type}`);
  }
  const view = new DataView(bytes.buffer);
  return {
    type,
    shape,
    bytes,
    values: Array.from({ length }, (_, index) => onnxStorage[type].decode(view, index)),
  };
}

/** The storage type of an integer tensor. Throws for any other tensor. */
export function integerType({ type }: OnnxTensor): ElementType {
  if (type === 'int8' || type === 'uint8' || type === 'int32') return type;
  throw new Error(`expected an 8-bit or 32-bit integer tensor, got ${type}`);
}

/** The stored bytes of a TensorProto. */
function rawBytes(proto: onnx.ITensorProto): Uint8Array {
  return Uint8Array.from(proto.rawData?.length ? proto.rawData : (proto.int32Data ?? []));
}

function decodeSubByte(view: DataView, index: number, bits: number): number {
  return readCodes(new Uint8Array(view.buffer), bits, index + 1)[index];
}

function toSigned(code: number, bits: number): number {
  return (code << (32 - bits)) >> (32 - bits);
}

/** IEEE 754 binary16; infinities and NaN do not occur in scales. */
function decodeFloat16(word: number): number {
  const [exponent, fraction] = [(word >> 10) & 31, word & 1023];
  const magnitude = exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25);
  return word >> 15 ? -magnitude : magnitude;
}
