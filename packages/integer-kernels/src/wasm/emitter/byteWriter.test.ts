import { describe, expect, test } from '@jest/globals';
import { ByteWriter } from './byteWriter.js';

/** The bytes that a writer of the smallest capacity holds after `write`. */
function bytesOf(write: (writer: ByteWriter) => void): number[] {
  const writer = new ByteWriter(0);
  write(writer);
  return [...writer.toBytes()];
}

describe('ByteWriter', () => {
  // Examples of the WebAssembly and DWARF specifications.
  test.each([
    [0, [0]],
    [127, [127]],
    [128, [0x80, 1]],
    [624485, [0xe5, 0x8e, 0x26]],
    [2 ** 32 - 1, [0xff, 0xff, 0xff, 0xff, 0x0f]],
  ])('writes unsigned %i as LEB128', (value, expected) => {
    expect(
      bytesOf((writer) => {
        writer.unsigned(value);
      }),
    ).toEqual(expected);
  });

  test.each([
    [2, [2]],
    [-2, [0x7e]],
    [127, [0xff, 0]],
    [-127, [0x81, 0x7f]],
    [128, [0x80, 1]],
    [-128, [0x80, 0x7f]],
    [-123456, [0xc0, 0xbb, 0x78]],
  ])('writes signed %i as LEB128, in 32 and 64 bits alike', (value, expected) => {
    expect(
      bytesOf((writer) => {
        writer.signed(value);
      }),
    ).toEqual(expected);
    expect(
      bytesOf((writer) => {
        writer.signed64(BigInt(value));
      }),
    ).toEqual(expected);
  });

  test('writes the ends of the int64 range in ten bytes', () => {
    const filler = new Array<number>(8).fill(0xff);
    expect(
      bytesOf((writer) => {
        writer.signed64(2n ** 63n - 1n);
      }),
    ).toEqual([0xff, ...filler, 0]);
    expect(
      bytesOf((writer) => {
        writer.signed64(-(2n ** 63n));
      }),
    ).toEqual([...new Array<number>(9).fill(0x80), 0x7f]);
  });

  test('keeps everything while it grows', () => {
    const wanted = Array.from({ length: 1000 }, (_, index) => index & 255);
    const half = wanted.length / 2;
    const written = bytesOf((writer) => {
      for (const value of wanted.slice(0, half)) writer.byte(value);
      writer.append(wanted.slice(half));
    });
    expect(written).toEqual(wanted);
  });

  test('writes names in UTF-8 and parts with their length', () => {
    expect(
      bytesOf((writer) => {
        writer.name('é');
      }),
    ).toEqual([2, 0xc3, 0xa9]);
    const part = new ByteWriter();
    part.append([7, 8]);
    expect(
      bytesOf((writer) => {
        writer.sized(part);
      }),
    ).toEqual([2, 7, 8]);
  });
});
