import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type ActivationSpec,
  type Requantization,
  type RequantizeOp,
  checkOp,
  prepareRequantization,
  runOp,
  wasmBackend,
} from '../../src/index.js';
import { planRequantization } from '../../src/wasm/requantization/planRequantization.js';
import type { RequantizationCode } from '../../src/wasm/requantization/requantizationCode.js';

type Kind = RequantizationCode['kind'];

/** Accumulators where code goes wrong first: ends of the range, powers of two and their neighbors. */
const edges = [0, 1, -1, 2, -2, 3, -3, 2 ** 31 - 1, -(2 ** 31), 2 ** 31 - 2, 1 - 2 ** 31].concat(
  Array.from({ length: 30 }, (_, bit) => [2 ** bit - 1, 2 ** bit + 1, -(2 ** bit), 1 - 2 ** bit]).flat(),
);

const CHANNELS = 5;
const rows = Math.ceil(edges.length / CHANNELS) + 60;

const FULL_BOUND = 2 ** 31;

/** An int32 tensor through the requantization alone, nothing clamped. */
function opOf(requantization: Requantization, bound: number): RequantizeOp {
  const output: ActivationSpec = {
    shape: [rows, CHANNELS],
    type: 'int32',
    zeroPoint: 0,
    quantMin: -FULL_BOUND,
    quantMax: FULL_BOUND - 1,
  };
  const input = { ...output, quantMin: -bound, quantMax: Math.min(bound, FULL_BOUND - 1) };
  return { op: 'requantize', inputs: [input], output, requantization };
}

async function expectExact(requantization: Requantization, seed: number, bound = FULL_BOUND): Promise<void> {
  const op = opOf(requantization, bound);
  expect(checkOp(op)).toEqual([]);
  let state = seed;
  const accumulators = Int32Array.from({ length: rows * CHANNELS }, (_, index) => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    // Half of the random ones are small: large ones alone would saturate wherever the factor is large.
    const value = index < edges.length ? edges[index] : state >> ((index & 1) * (index % 29));
    return Math.max(-bound, Math.min(bound, value));
  });
  const finish = prepareRequantization(requantization, op.output);
  const expected = accumulators.map((value, index) => finish(value, index % CHANNELS));
  expect(await runOp(wasmBackend(), op, [accumulators])).toEqual(expected);
}

const multiplier = fc.oneof(
  fc.integer({ min: 2 ** 30, max: 2 ** 31 - 1 }),
  fc.integer({ min: 0, max: 2 ** 31 - 1 }),
  fc.constantFrom(0, 1, 2, 3, 2 ** 30, 2 ** 31 - 1),
  fc.nat(30).map((bit) => 2 ** bit),
);
const perChannelOrOne = (value: fc.Arbitrary<number>) =>
  fc
    .oneof(fc.constant(1), fc.constant(CHANNELS))
    .chain((length) => fc.array(value, { minLength: length, maxLength: length }))
    .map((values) => Int32Array.from(values));
/** Shifts that lie close together, as those of the channels of a layer do, or anywhere. */
const shifts = fc.oneof(
  perChannelOrOne(fc.nat(62)),
  fc.nat(62).chain((first) => perChannelOrOne(fc.integer({ min: first, max: Math.min(first + 5, 62) }))),
);

const requantizations: fc.Arbitrary<Requantization> = fc.oneof(
  fc.record({
    kind: fc.constant('multiplier' as const),
    rounding: fc.constantFrom('halfUp', 'gemmlowp', 'halfToEven'),
    multipliers: perChannelOrOne(multiplier),
    shifts,
  }),
  fc.record({
    kind: fc.constant('shift' as const),
    rounding: fc.constantFrom('halfUp', 'gemmlowp', 'halfToEven'),
    shifts: fc.oneof(perChannelOrOne(fc.nat(31)), perChannelOrOne(fc.nat(30))),
  }),
  fc.record({
    kind: fc.constant('divide' as const),
    rounding: fc.constantFrom('halfUp', 'halfToEven'),
    divisors: perChannelOrOne(
      fc.oneof(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 2 ** 31 - 1 })),
    ),
  }),
  fc
    .record({ count: fc.integer({ min: 1, max: 15 }), rows: fc.constantFrom(1, CHANNELS) })
    .chain(({ count, rows: thresholdRows }) =>
      fc
        .array(
          fc.array(fc.oneof(fc.integer(), fc.integer({ min: -300, max: 300 })), {
            minLength: count,
            maxLength: count,
          }),
          {
            minLength: thresholdRows,
            maxLength: thresholdRows,
          },
        )
        .map((values) => ({
          kind: 'threshold' as const,
          count,
          thresholds: Int32Array.from(values.flatMap((row) => row.sort((a, b) => a - b))),
        })),
    ),
);

/** Accumulators of any size, or as small as those of a layer. */
const accumulatorBits = fc.oneof(fc.constant(31), fc.integer({ min: 16, max: 31 }));

describe('emitted requantization', () => {
  test('equals the arithmetic for any parameters', async () => {
    await fc.assert(
      fc.asyncProperty(requantizations, fc.integer(), accumulatorBits, (requantization, seed, bits) =>
        expectExact(requantization, seed, 2 ** bits),
      ),
      { numRuns: 600 },
    );
  });

  test('those parameters reach every kind of code', () => {
    const drawn = fc.sample(fc.tuple(requantizations, accumulatorBits), { seed: 1, numRuns: 600 });
    const kindOf = ([requantization, bits]: (typeof drawn)[number]) =>
      planRequantization(requantization, new Array<number>(CHANNELS).fill(2 ** bits)).code.kind;
    const seen = new Set<Kind>(drawn.map(kindOf));
    const multiplied: Kind[] = ['multiply', 'multiplyScaled', 'multiplyMixed', 'multiplyScalar'];
    const wanted: Kind[] = [...multiplied, 'gemmlowp', 'gemmlowpScalar'];
    expect([...seen]).toEqual(expect.arrayContaining([...wanted, 'shift', 'divide', 'threshold']));
  });

  const multipliers = Int32Array.of(2 ** 31 - 1, 2 ** 30 + 1, 1234567891, 2 ** 31 - 3, 1717986919);
  const cases: [string, Requantization, RequantizationCode][] = [
    [
      'one shift for all channels',
      { kind: 'multiplier', rounding: 'halfUp', multipliers, shifts: Int32Array.of(37) },
      { kind: 'multiply', halfToEven: false, shift: 37 },
    ],
    [
      'shifts that differ, from 32 on',
      { kind: 'multiplier', rounding: 'halfUp', multipliers, shifts: Int32Array.of(37, 40, 33, 39, 62) },
      { kind: 'multiplyMixed' },
    ],
    [
      'shifts that differ, below 32 too',
      { kind: 'multiplier', rounding: 'halfUp', multipliers, shifts: Int32Array.of(37, 31, 33, 39, 62) },
      { kind: 'multiplyScalar', halfToEven: false },
    ],
    [
      'factors above one',
      { kind: 'multiplier', rounding: 'halfToEven', multipliers, shifts: Int32Array.of(3) },
      { kind: 'multiply', halfToEven: true, shift: 3 },
    ],
    [
      'a factor of one',
      {
        kind: 'multiplier',
        rounding: 'gemmlowp',
        multipliers: Int32Array.of(1 << 30),
        shifts: Int32Array.of(30),
      },
      { kind: 'gemmlowp', left: 1, right: 0 },
    ],
    [
      'small multipliers with one factor written in two ways',
      {
        kind: 'multiplier',
        rounding: 'halfUp',
        multipliers: Int32Array.of(3, 6, 3, 12, 3),
        shifts: Int32Array.of(4, 5, 4, 6, 4),
      },
      { kind: 'multiply', halfToEven: false, shift: 32 },
    ],
  ];

  test('small accumulators are brought to one shift, as far as they fit', async () => {
    const spread: Requantization = {
      kind: 'multiplier',
      rounding: 'halfUp',
      multipliers,
      shifts: Int32Array.of(37, 40, 33, 39, 42),
    };
    const codeOf = (bound: number) =>
      planRequantization(spread, new Array<number>(CHANNELS).fill(bound)).code;
    // 2^22 * 2^(42 - 33) is 2^31.
    expect(codeOf(2 ** 22)).toEqual({ kind: 'multiplyMixed' });
    expect(codeOf(2 ** 22 - 1)).toEqual({ kind: 'multiplyScaled', halfToEven: false, shift: 42 });
    for (const bound of [2 ** 22, 2 ** 22 - 1]) await expectExact(spread, 1, bound);
  });

  test.each(cases)('takes the shortest code: %s', async (_title, requantization, code) => {
    expect(planRequantization(requantization).code).toEqual(code);
    await expectExact(requantization, 1);
  });
});
