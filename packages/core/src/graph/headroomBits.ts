/** Unused bits of a signed 32-bit accumulator whose magnitude never exceeds `bound` (0 .. 2^31 - 1): 31 minus the bits in use. */
export function headroomBits(bound: number): number {
  return Math.clz32(bound) - 1;
}
