import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Requantization, prepareRequantization } from '../../src/index.js';
import { divide, prepareDivisor } from '../../src/arithmetic/divide.js';
import { load, ModuleBuilder } from '../../src/wasm/emitter/index.js';
import { planDivide } from '../../src/wasm/requantization/divide.js';
import { planRequantization } from '../../src/wasm/requantization/planRequantization.js';
import type { RequantizationPlan } from '../../src/wasm/requantization/requantizationCode.js';
import { writeRecord } from '../../src/wasm/requantization/requantizationRecords.js';
import { requantizer } from '../../src/wasm/requantization/requantizer.js';
import { int32, multiplier } from '../arbitraries/int32.js';
import { sampling } from '../sampling.js';

const RECORD = 1024;
const LANES = 4;

/** Runs the code of a plan on accumulators of channels 0 .. 3 in turn. */
function run({ code, fields }: RequantizationPlan, accumulators: Int32Array): Int32Array {
  const module = new ModuleBuilder();
  const requantize = requantizer(module, code);
  module.function(
    { parameters: { address: 'i32', record: 'i32' }, exportName: 'run' },
    (f, { address, record }) => {
      const value = f.local('v128', 'value');
      f.set(value, load('v128.load', address));
      requantize(f, [value], record, 0);
      f.store('v128.store', address, value);
    },
  );
  const memory = new WebAssembly.Memory({ initial: 1 });
  const compiled = new WebAssembly.Module(module.finish() as Uint8Array<ArrayBuffer>);
  const call = new WebAssembly.Instance(compiled, { arena: { memory } }).exports['run'] as (
    address: number,
    record: number,
  ) => void;
  writeRecord(new DataView(memory.buffer), RECORD, fields, [0, 1, 2, 3]);
  const lanes = new Int32Array(memory.buffer, 0, LANES);
  const results = new Int32Array(accumulators.length);
  for (let start = 0; start < accumulators.length; start += LANES) {
    lanes.set(accumulators.subarray(start, start + LANES));
    call(0, RECORD);
    results.set(lanes, start);
  }
  return results;
}

/** Accumulators within a bound: its ends, small ones, and ones in between. */
const bounded = fc
  .tuple(fc.integer({ min: 0, max: 30 }), fc.nat(), fc.array(int32, { minLength: 40, maxLength: 40 }))
  .map(([bits, extra, drawn]) => {
    const magnitude = 2 ** bits + (extra % 2 ** bits);
    const clamp = (value: number): number => Math.max(-magnitude, Math.min(magnitude, value));
    const small = Array.from({ length: 20 }, (_, index) => clamp(index - 10));
    const ends = [magnitude, magnitude, magnitude - 1, 1 - magnitude, -magnitude, -magnitude, 0, 0];
    const scaled = drawn.map((value) => Math.trunc((value / 2 ** 31) * magnitude));
    return {
      magnitude,
      accumulators: Int32Array.from([...ends, ...small, ...scaled, ...scaled.map((value) => clamp(-value))]),
    };
  });

const channels = <Value>(value: fc.Arbitrary<Value>) =>
  fc.array(value, { minLength: LANES, maxLength: LANES });

/** Factors near those that bring the accumulators to bytes, and any others. */
const scaling = fc.oneof(
  fc.record({
    multiplier: fc.integer({ min: 2 ** 23, max: 2 ** 24 - 1 }),
    shift: fc.integer({ min: 20, max: 45 }),
  }),
  fc.record({
    multiplier: fc.integer({ min: 2 ** 30, max: 2 ** 31 - 1 }),
    shift: fc.integer({ min: 30, max: 50 }),
  }),
  fc.record({ multiplier, shift: fc.nat(62) }),
  fc.record({ multiplier: fc.constantFrom(1, 3, 100000), shift: fc.nat(25) }),
);

const requantizations: fc.Arbitrary<Requantization> = fc.oneof(
  fc.tuple(channels(scaling), fc.constantFrom('halfUp', 'halfToEven')).map(([factors, rounding]) => ({
    kind: 'multiplier' as const,
    rounding: rounding as 'halfUp',
    multipliers: Int32Array.from(factors, (factor) => factor.multiplier),
    shifts: Int32Array.from(factors, ({ shift }) => shift),
  })),
  fc
    .oneof(
      channels(fc.nat(31)),
      fc.nat(31).map((shift) => [shift]),
    )
    .map((shifts) => ({
      kind: 'shift' as const,
      rounding: 'halfUp' as const,
      shifts: Int32Array.from(shifts),
    })),
);

describe('requantization of bounded accumulators', () => {
  test('equals the arithmetic, whichever code the bound allows', () => {
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(requantizations, bounded, (requantization, { magnitude, accumulators }) => {
        const plan = planRequantization(requantization, [magnitude]);
        const { code } = plan;
        const form = code.kind === 'product32' ? `product32 of ${Math.sign(code.lowBits ?? -1)}` : code.kind;
        seen.set(form, (seen.get(form) ?? 0) + 1);
        const finish = prepareRequantization(requantization, {
          zeroPoint: 0,
          quantMin: -(2 ** 31),
          quantMax: 2 ** 31 - 1,
        });
        expect(run(plan, accumulators)).toEqual(
          accumulators.map((value, index) => finish(value, index % LANES)),
        );
      }),
      { numRuns: 1500 * sampling.scale, seed: sampling.seed },
    );
    for (const form of [
      'product32 of -1',
      'product32 of 0',
      'product32 of 1',
      'multiplyScaled',
      'multiplyMixed',
    ]) {
      expect([form, (seen.get(form) ?? 0) > 5]).toEqual([form, true]);
    }
  });

  test('a division by multiplication equals the division, ties too', () => {
    const seen = new Map<string, number>();
    const roundings = fc.constantFrom('halfUp', 'halfToEven', 'halfAwayFromZero');
    const divisors = channels(fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 30000 })));
    fc.assert(
      fc.property(divisors, roundings, bounded, (values, rounding, { magnitude, accumulators }) => {
        const plan = planDivide(values, rounding, [magnitude]);
        const { code } = plan;
        const form = code.kind === 'product32' ? `${rounding} ${Math.sign(code.lowBits ?? -1)}` : code.kind;
        seen.set(form, (seen.get(form) ?? 0) + 1);
        // Halves, and their neighbors on both sides.
        const ties = values.map((divisor) =>
          Math.trunc((Math.floor(magnitude / divisor / 2) + 0.5) * divisor),
        );
        const near = [-1, 0, 1].flatMap((step) => ties.map((tie) => tie + step));
        const all = Int32Array.from(
          [...accumulators, ...near, ...near.map((value) => -value)].map((value) =>
            Math.max(-magnitude, Math.min(magnitude, value)),
          ),
        );
        const prepared = values.map(prepareDivisor);
        expect(run(plan, all)).toEqual(
          all.map((value, index) => divide(value, prepared[index % LANES], rounding)),
        );
      }),
      { numRuns: 1500 * sampling.scale, seed: sampling.seed },
    );
    for (const form of ['halfUp 0', 'halfUp 1', 'halfAwayFromZero 0', 'halfAwayFromZero 1', 'divide']) {
      expect([form, (seen.get(form) ?? 0) > 5]).toEqual([form, true]);
    }
  });

  test('every accumulator of a small range, every divisor of a window', () => {
    for (const rounding of ['halfUp', 'halfAwayFromZero'] as const) {
      for (let divisor = 1; divisor <= 49; divisor += 1) {
        const magnitude = divisor * 255;
        const all = Int32Array.from({ length: 2 * magnitude + 4 }, (_, index) =>
          Math.min(index - magnitude, magnitude),
        );
        const plan = planDivide([divisor], rounding, [magnitude]);
        expect(plan.code.kind).toBe('product32');
        const whole = all.subarray(0, all.length - (all.length % LANES));
        const prepared = prepareDivisor(divisor);
        const results = run(plan, whole);
        expect(whole.findIndex((value, index) => divide(value, prepared, rounding) !== results[index])).toBe(
          -1,
        );
      }
    }
  });
});
