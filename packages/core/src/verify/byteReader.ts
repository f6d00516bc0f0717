/** Reads a WebAssembly module front to back; every read beyond the end throws a RangeError. */
export interface ByteReader {
  readonly position: () => number;
  readonly isAtEnd: () => boolean;
  readonly byte: () => number;
  /** Unsigned LEB128, at most 32 bits. */
  readonly unsigned: () => number;
  /** Skips a signed or unsigned LEB128 of at most `bits` bits. */
  readonly skipLeb: (bits: number) => void;
  readonly skip: (byteLength: number) => void;
  /** A reader of the next bytes alone, which this one skips. */
  readonly section: (byteLength: number) => ByteReader;
}

export function byteReader(bytes: Uint8Array): ByteReader {
  let at = 0;

  function skip(byteLength: number): void {
    if (byteLength > bytes.length - at) throw new RangeError(`the module ends within ${byteLength} bytes`);
    at += byteLength;
  }

  function byte(): number {
    skip(1);
    return bytes[at - 1] ?? 0;
  }

  function unsigned(): number {
    let value = 0;
    for (let factor = 1; factor <= 2 ** 28; factor *= 128) {
      const next = byte();
      value += (next & 127) * factor;
      if (next < 128) return value;
    }
    throw new RangeError('a number takes more than 32 bits');
  }

  function skipLeb(bits: number): void {
    for (let read = 0; read < bits; read += 7) if (byte() < 128) return;
    throw new RangeError(`a number takes more than ${bits} bits`);
  }

  return {
    position: () => at,
    isAtEnd: () => at === bytes.length,
    byte,
    unsigned,
    skipLeb,
    skip,
    section(byteLength) {
      const start = at;
      skip(byteLength);
      return byteReader(bytes.subarray(start, start + byteLength));
    },
  };
}
