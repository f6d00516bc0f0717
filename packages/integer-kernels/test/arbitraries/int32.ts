import fc from 'fast-check';

const edges = [0, 1, 2, 3, 0x3fffffff, 0x40000000, 0x40000001, 0x7ffffffe, 0x7fffffff];
const signedEdges = [...edges, ...edges.map((edge) => -edge), -0x80000000];

/** An int32 over the whole range, edges and small magnitudes often. */
export const int32: fc.Arbitrary<number> = fc.oneof(
  fc.integer({ min: -0x80000000, max: 0x7fffffff }),
  fc.integer({ min: -300, max: 300 }),
  fc.constantFrom(...signedEdges),
  fc.tuple(fc.nat(31), fc.integer({ min: -2, max: 2 })).map(([power, step]) => ((1 << power) + step) | 0),
);

/** A multiplier of 0 .. 2^31 - 1, edges and powers of two often. */
export const multiplier: fc.Arbitrary<number> = fc.oneof(
  fc.nat(0x7fffffff),
  fc.integer({ min: 0x40000000, max: 0x7fffffff }),
  fc.nat(300),
  fc.constantFrom(...edges),
  fc.nat(30).map((power) => 1 << power),
);
