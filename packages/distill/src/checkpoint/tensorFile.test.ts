import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { memoryCheckpoints } from './memoryCheckpoints.js';
import {
  decodeTensorFile,
  encodeTensorFile,
  readTensorFile,
  type TensorFile,
  writeTensorFile,
} from './tensorFile.js';

const values = fc.oneof(
  fc.uint8Array({ maxLength: 20 }),
  fc.int32Array({ maxLength: 20 }),
  // Any 32 bits: every NaN, infinity, -0 and subnormal.
  fc.int32Array({ maxLength: 20 }).map((bits) => new Float32Array(bits.buffer, bits.byteOffset, bits.length)),
);
const tensors = fc.dictionary(
  fc.string({ unit: 'binary' }).filter((name) => name !== '__metadata__'),
  values.map((array) => ({ shape: [array.length, 1], values: array })),
);
const jsonNumber = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const metadata = fc.dictionary(
  fc.string(),
  fc.oneof(fc.string(), jsonNumber, fc.boolean(), fc.constant(null), fc.array(jsonNumber)),
);
const files: fc.Arbitrary<TensorFile> = fc.record({ metadata, tensors });

const bytesOf = (view: ArrayBufferView) => [...new Uint8Array(view.buffer, view.byteOffset, view.byteLength)];

const small: TensorFile = {
  metadata: { step: 12, loss: 0.125 },
  tensors: { w: { shape: [2, 2], values: new Float32Array([1, -0, NaN, Infinity]) } },
};

describe('encodeTensorFile', () => {
  test('keeps every bit of values, shapes and metadata', () => {
    fc.assert(
      fc.property(files, (file) => {
        const decoded = decodeTensorFile(encodeTensorFile(file), 'x');
        expect(decoded.metadata).toEqual(
          Object.fromEntries(
            Object.entries(file.metadata).map(([key, value]) => [key, value === 0 ? 0 : value]),
          ),
        );
        expect(Object.keys(decoded.tensors).sort()).toEqual(Object.keys(file.tensors).sort());
        for (const [name, { shape, values: written }] of Object.entries(file.tensors)) {
          const read = decoded.tensors[name];
          expect(read.shape).toEqual(shape);
          expect(read.values.constructor).toBe(written.constructor);
          expect(bytesOf(read.values)).toEqual(bytesOf(written));
        }
      }),
      { numRuns: 300 },
    );
  });

  test('writes the same bytes whatever the order of the keys', () => {
    fc.assert(
      fc.property(files, (file) => {
        const reversed = (record: object) => Object.fromEntries(Object.entries(record).reverse()) as never;
        expect(
          encodeTensorFile({ metadata: reversed(file.metadata), tensors: reversed(file.tensors) }),
        ).toEqual(encodeTensorFile(file));
      }),
    );
  });

  test('lays the file out as safetensors: aligned, in order, without holes', () => {
    const bytes = encodeTensorFile({
      metadata: {},
      tensors: {
        a: { shape: [3], values: new Uint8Array([1, 2, 3]) },
        z: { shape: [1], values: new Int32Array([-2]) },
        b: { shape: [1, 1], values: new Float32Array([1]) },
      },
    });
    const headerLength = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + headerLength))) as object;
    expect(headerLength % 8).toBe(0);
    expect(header).toMatchObject({
      __metadata__: { bnfree: '{}' },
      b: { dtype: 'F32', shape: [1, 1], data_offsets: [0, 4] },
      z: { dtype: 'I32', shape: [1], data_offsets: [4, 8] },
      a: { dtype: 'U8', shape: [3], data_offsets: [8, 11] },
    });
    expect([...bytes.subarray(8 + headerLength)]).toEqual([0, 0, 128, 63, 254, 255, 255, 255, 1, 2, 3]);
  });

  test('refuses what it could not read back', () => {
    const one = new Uint8Array(1);
    expect(() => encodeTensorFile({ metadata: { loss: NaN }, tensors: {} })).toThrow(RangeError);
    expect(() => encodeTensorFile({ metadata: {}, tensors: { a: { shape: [2], values: one } } })).toThrow(
      RangeError,
    );
    expect(() =>
      encodeTensorFile({ metadata: {}, tensors: { __metadata__: { shape: [1], values: one } } }),
    ).toThrow(RangeError);
  });
});

describe('decodeTensorFile', () => {
  const damaged = expect.objectContaining({
    code: 'CHECKPOINT_DAMAGED',
    issues: [expect.objectContaining({ fix: expect.stringContaining('delete "run/conv1"') })],
  });
  const errorOf = (bytes: Uint8Array) => {
    try {
      decodeTensorFile(bytes, 'run/conv1');
    } catch (error) {
      return error;
    }
    return undefined;
  };

  test('rejects a file cut at any byte, or with bytes added', () => {
    const bytes = encodeTensorFile(small);
    for (let length = 0; length < bytes.length; length++) {
      expect(errorOf(bytes.subarray(0, length))).toEqual(damaged);
    }
    expect(errorOf(Uint8Array.from([...bytes, 0]))).toEqual(damaged);
  });

  test('rejects a file with any bit changed', () => {
    const bytes = encodeTensorFile(small);
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = bytes.slice();
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(errorOf(changed)).toEqual(damaged);
    }
  });

  test('reads bytes that start anywhere in a buffer', () => {
    const bytes = encodeTensorFile(small);
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    expect(decodeTensorFile(shifted.subarray(3), 'x')).toEqual(small);
  });
});

describe('readTensorFile', () => {
  test('reads what was written to a store, and undefined where nothing was', async () => {
    const store = memoryCheckpoints();
    await writeTensorFile(store, 'conv1.safetensors', small);
    expect(await readTensorFile(store, 'conv1.safetensors')).toEqual(small);
    expect(await readTensorFile(store, 'conv2.safetensors')).toBeUndefined();
  });
});
