/** A growing byte buffer with the encodings of the WebAssembly binary format. */
export class ByteWriter {
  #bytes: Uint8Array;
  #length = 0;

  constructor(capacity = 256) {
    this.#bytes = new Uint8Array(Math.max(capacity, 16));
  }

  get length(): number {
    return this.#length;
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  /** Appends raw bytes. */
  append(bytes: ArrayLike<number>): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** LEB128 of an unsigned 32-bit integer. */
  unsigned(value: number): void {
    let rest = value >>> 0;
    while (rest > 127) {
      this.byte((rest & 127) | 128);
      rest >>>= 7;
    }
    this.byte(rest);
  }

  /** LEB128 of a signed 32-bit integer. */
  signed(value: number): void {
    let rest = value | 0;
    for (;;) {
      const low = rest & 127;
      rest >>= 7;
      if (isLastSigned(rest, low)) {
        this.byte(low);
        return;
      }
      this.byte(low | 128);
    }
  }

  /** LEB128 of a signed 64-bit integer. */
  signed64(value: bigint): void {
    let rest = BigInt.asIntN(64, value);
    for (;;) {
      const low = Number(rest & 127n);
      rest >>= 7n;
      if ((rest === 0n || rest === -1n) && isLastSigned(Number(rest), low)) {
        this.byte(low);
        return;
      }
      this.byte(low | 128);
    }
  }

  /** A name: its length in bytes, then UTF-8. */
  name(text: string): void {
    const encoded = new TextEncoder().encode(text);
    this.unsigned(encoded.length);
    this.append(encoded);
  }

  /** Another writer's content, preceded by its length. */
  sized(content: ByteWriter): void {
    this.unsigned(content.length);
    this.append(content.view());
  }

  /** What was written so far; valid until the next write. */
  view(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** A copy of what was written so far. */
  toBytes(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + count));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}

/** Whether the sign bit of the last group already says what remains. */
function isLastSigned(rest: number, low: number): boolean {
  return (rest === 0 && (low & 64) === 0) || (rest === -1 && (low & 64) !== 0);
}
