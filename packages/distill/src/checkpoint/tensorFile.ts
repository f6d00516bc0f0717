import { BnfreeError } from '@bnfree/core';
import { sha256 } from '@noble/hashes/sha2';
import { bytesToHex } from '@noble/hashes/utils';
import { canonicalJson, type JsonValue } from './canonicalJson.js';
import type { CheckpointStore } from './checkpointStore.js';

/** Values of a stored tensor; the array's kind is the data type. */
export type TensorValues = Float32Array | Int32Array | Uint8Array;

export interface StoredTensor {
  readonly shape: readonly number[];
  /** `product(shape)` values. */
  readonly values: TensorValues;
}

/** Named tensors and JSON in one file. */
export interface TensorFile {
  readonly metadata: Readonly<Record<string, JsonValue>>;
  readonly tensors: Readonly<Record<string, StoredTensor>>;
}

interface TensorEntry {
  readonly dtype: 'F32' | 'I32' | 'U8';
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

const noDigest = '0'.repeat(64);
const reservedName = '__metadata__';

/**
 * Encodes tensors and metadata as a `.safetensors` file.
 *
 * Equal content gives equal bytes, whatever the order of the keys; 32-bit tensors come first, by name, then bytes.
 * `__metadata__` holds the JSON as `bnfree` and, as `sha256`, the digest of the whole file with that digest as zeros.
 *
 * @throws RangeError when a shape does not fit its values, a name is reserved or a number is not finite
 */
export function encodeTensorFile({ metadata, tensors }: TensorFile): Uint8Array {
  const names = Object.keys(tensors).sort((a, b) => byteOrder(tensors, a, b));
  let end = 0;
  const entries = names.map((name): [string, TensorEntry] => {
    const { shape, values } = tensors[name];
    if (name === reservedName) throw new RangeError(`a tensor cannot be called ${reservedName}`);
    if (elementCount(shape) !== values.length) {
      throw new RangeError(`tensor ${name}: got ${values.length} values for shape [${shape.join(', ')}]`);
    }
    const start = end;
    end += values.byteLength;
    return [name, { dtype: dtypeOf(values), shape, data_offsets: [start, end] }];
  });
  const header = headerBytes(entries, metadata);
  const bytes = new Uint8Array(8 + header.length + end);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
  bytes.set(header, 8);
  for (const [name, { data_offsets }] of entries) {
    const { values } = tensors[name];
    bytes.set(
      new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
      8 + header.length + data_offsets[0],
    );
  }
  bytes.set(new TextEncoder().encode(bytesToHex(sha256(bytes))), digestOffset(bytes));
  return bytes;
}

/**
 * Decodes what {@link encodeTensorFile} wrote, bit for bit.
 *
 * @param path where the bytes come from, for the message
 * @throws BnfreeError CHECKPOINT_DAMAGED when a byte is missing, added or changed
 */
export function decodeTensorFile(bytes: Uint8Array, path: string): TensorFile {
  try {
    return decode(bytes);
  } catch (cause) {
    throw new BnfreeError(
      [
        {
          code: 'CHECKPOINT_DAMAGED',
          path: `checkpoint ${JSON.stringify(path)}`,
          message: cause instanceof Error ? cause.message : String(cause),
          fix: `delete ${JSON.stringify(path)} to do its part again, or checkpoint: './another-folder'`,
        },
      ],
      { cause },
    );
  }
}

/** Reads a tensor file from a store; undefined when there is none. */
export async function readTensorFile(store: CheckpointStore, name: string): Promise<TensorFile | undefined> {
  const bytes = await store.read(name);
  return bytes && decodeTensorFile(bytes, `${store.location}/${name}`);
}

/** Writes a tensor file to a store, whole or not at all. */
export async function writeTensorFile(store: CheckpointStore, name: string, file: TensorFile): Promise<void> {
  await store.write(name, encodeTensorFile(file));
}

function headerBytes(
  entries: readonly [string, TensorEntry][],
  metadata: Readonly<Record<string, JsonValue>>,
): Uint8Array {
  const header = {
    [reservedName]: { bnfree: canonicalJson(metadata), sha256: noDigest },
    ...Object.fromEntries(entries),
  };
  const text = new TextEncoder().encode(JSON.stringify(header));
  // Spaces up to a multiple of 8, as the format asks, so that the 32-bit values are aligned in the file.
  const padded = new Uint8Array(Math.ceil(text.length / 8) * 8).fill(0x20);
  padded.set(text);
  return padded;
}

function decode(bytes: Uint8Array): TensorFile {
  const headerEnd = endOfHeader(bytes);
  const at = digestOffset(bytes);
  const expected = new TextDecoder().decode(bytes.subarray(at, at + noDigest.length));
  const got = digestWithout(bytes, at);
  if (got !== expected) throw new Error(`got ${bytes.length} bytes of SHA-256 ${got}, expected ${expected}`);
  const { [reservedName]: about, ...entries } = JSON.parse(
    new TextDecoder().decode(bytes.subarray(8, headerEnd)),
  ) as { readonly [reservedName]: { readonly bnfree: string } } & Readonly<Record<string, TensorEntry>>;
  const tensors = Object.entries(entries).map(([name, { dtype, shape, data_offsets }]) => {
    // A copy, so that the values are aligned and the file's bytes can go.
    const values = valuesOf(dtype, bytes.slice(headerEnd + data_offsets[0], headerEnd + data_offsets[1]));
    return [name, { shape, values }] as const;
  });
  return {
    metadata: JSON.parse(about.bnfree) as Record<string, JsonValue>,
    tensors: Object.fromEntries(tensors),
  };
}

function endOfHeader(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = bytes.length < 8 ? Infinity : 8 + Number(view.getBigUint64(0, true));
  if (end > bytes.length) throw new Error(`got ${bytes.length} bytes, expected a whole tensor file`);
  return end;
}

/** Where the digest's 64 digits stand; names and metadata cannot look like it, as their quotes are escaped. */
function digestOffset(bytes: Uint8Array): number {
  // One character a byte, so that the match's position is the byte's.
  const header = new TextDecoder('latin1').decode(bytes.subarray(0, endOfHeader(bytes)));
  const match = /"sha256":"(?=[0-9a-f]{64}"\})/.exec(header);
  if (!match) throw new Error('expected a SHA-256 digest in the header');
  return match.index + match[0].length;
}

function digestWithout(bytes: Uint8Array, at: number): string {
  return bytesToHex(
    sha256
      .create()
      .update(bytes.subarray(0, at))
      .update(new TextEncoder().encode(noDigest))
      .update(bytes.subarray(at + noDigest.length))
      .digest(),
  );
}

function byteOrder(tensors: TensorFile['tensors'], a: string, b: string): number {
  const width = (name: string) => tensors[name].values.BYTES_PER_ELEMENT;
  return width(b) - width(a) || (a < b ? -1 : 1);
}

/** By the array's name, because `instanceof` fails on arrays of another realm. */
function dtypeOf(values: TensorValues): TensorEntry['dtype'] {
  return dtypes[values[Symbol.toStringTag]];
}

const dtypes = { Float32Array: 'F32', Int32Array: 'I32', Uint8Array: 'U8' } as const;

function valuesOf(dtype: TensorEntry['dtype'], bytes: Uint8Array): TensorValues {
  if (dtype === 'F32') return new Float32Array(bytes.buffer);
  return dtype === 'I32' ? new Int32Array(bytes.buffer) : bytes;
}

function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
