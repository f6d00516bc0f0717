import type { Value } from './value.js';

/** An i32 constant. */
export function i32(value: number): Value<'i32'> {
  return {
    type: 'i32',
    constant: value | 0,
    write(code) {
      code.byte(0x41);
      code.signed(value);
    },
  };
}

/** An i64 constant. */
export function i64(value: bigint): Value<'i64'> {
  return {
    type: 'i64',
    write(code) {
      code.byte(0x42);
      code.signed64(value);
    },
  };
}

/** A v128 constant of 16 bytes. */
export function v128(bytes: Uint8Array): Value<'v128'> {
  return {
    type: 'v128',
    write(code) {
      code.byte(0xfd);
      code.unsigned(12);
      code.append(bytes);
    },
  };
}

/** A v128 constant whose four i32 lanes are equal. */
export function i32x4(value: number): Value<'v128'> {
  return v128(new Uint8Array(Int32Array.of(value, value, value, value).buffer));
}

/** A v128 constant whose eight i16 lanes are equal. */
export function i16x8(value: number): Value<'v128'> {
  return v128(new Uint8Array(new Int16Array(8).fill(value).buffer));
}

/** A v128 constant whose sixteen bytes are equal. */
export function i8x16(value: number): Value<'v128'> {
  return v128(new Uint8Array(16).fill(value));
}

/** A v128 constant whose two i64 lanes are equal. */
export function i64x2(value: bigint): Value<'v128'> {
  return v128(new Uint8Array(BigInt64Array.of(value, value).buffer));
}

/** Bytes picked from two vectors: lane numbers 0 .. 15 are of `a`, 16 .. 31 of `b`. */
export function shuffle(a: Value<'v128'>, b: Value<'v128'>, lanes: readonly number[]): Value<'v128'> {
  return {
    type: 'v128',
    write(code) {
      a.write(code);
      b.write(code);
      code.byte(0xfd);
      code.unsigned(13);
      code.append(lanes);
    },
  };
}
