/**
 * High 32 bits of the 64-bit product of two unsigned 32-bit integers.
 *
 * Takes any int32 or uint32 bit patterns; the result is an int32 bit pattern. The low half is `Math.imul(a, b)`.
 * Schoolbook product of 16-bit halves (Warren, Hacker's Delight, 8-2): no intermediate exceeds 2^32 - 1.
 */
export function multiplyHighUnsigned(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const low = Math.imul(aLow, bLow) >>> 16;
  const middle = (Math.imul(aHigh, bLow) + low) | 0;
  const cross = (Math.imul(aLow, bHigh) + (middle & 0xffff)) | 0;
  return (Math.imul(aHigh, bHigh) + (middle >>> 16) + (cross >>> 16)) | 0;
}

/** High 32 bits of the 64-bit product of two int32: `floor(a * b / 2^32)`, exact for all operands. */
export function multiplyHigh(a: number, b: number): number {
  // Read as unsigned, a negative operand is 2^32 too large: take the other operand off the high half.
  return (multiplyHighUnsigned(a, b) - ((a >> 31) & b) - ((b >> 31) & a)) | 0;
}
