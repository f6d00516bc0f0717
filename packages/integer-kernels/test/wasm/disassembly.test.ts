import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { opNames, wasmBackend, type OpName } from '../../src/index.js';
import { candidatesOf } from '../../src/wasm/kernels.js';
import { kernelTarget } from '../../src/wasm/kernelTarget.js';
import { denseLayouts } from '../../src/wasm/layoutVariants.js';
import { emitModule } from '../../src/wasm/emitModule.js';
import { opCase } from '../arbitraries/op.js';
import { disassemble, forbiddenMnemonics } from './disassemble.js';

/** `(func (param f32) (result f32) local.get 0 f32.sqrt)`. */
const floatModule = Uint8Array.of(
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...[1, 6, 1, 0x60, 1, 0x7d, 1, 0x7d],
  ...[3, 2, 1, 0],
  ...[10, 7, 1, 5, 0, 0x20, 0, 0x91, 0x0b],
);

describe('modules, read by wabt', () => {
  test('a float instruction is seen', async () => {
    expect(forbiddenMnemonics(await disassemble(floatModule))).toContain('f32.sqrt');
  });

  const cases = (name: OpName) => [
    ...fc.sample(opCase(name, 'small'), { numRuns: 5, seed: 3 }),
    ...fc.sample(opCase(name, 'large'), { numRuns: 3, seed: 3 }),
  ];

  test.each(opNames)('%s has no float, relaxed or atomic instruction on base SIMD', async (name) => {
    const backend = wasmBackend({ relaxedSimd: false });
    for (const { op } of cases(name)) {
      for (const module of backend.modules(op)) expect(await forbiddenIn(module)).toEqual([]);
    }
  });

  test.each(opNames)(
    '%s has relaxed instructions on integers, exactly where its plans say so',
    async (name) => {
      const target = kernelTarget({}, { simd: true, relaxedSimd: true });
      for (const { op } of cases(name)) {
        for (const candidate of candidatesOf(op, target)) {
          const plan = candidate.plan(op, denseLayouts(op), target);
          const found = await forbiddenIn(emitModule([plan]));
          expect(found.filter((text) => !relaxedInteger.test(text))).toEqual([]);
          expect([plan.kernel, found.length > 0]).toEqual([plan.kernel, plan.isRelaxed === true]);
        }
      }
    },
  );
});

/** Relaxed instructions that kernels may use: their operands leave the engine no choice. */
const relaxedInteger =
  /^(i8x16\.relaxed_swizzle|i16x8\.relaxed_q15mulr_s|i16x8\.relaxed_dot_i8x16_i7x16_s|i32x4\.relaxed_dot_i8x16_i7x16_add_s)$/;

async function forbiddenIn(module: Uint8Array): Promise<string[]> {
  const text = await disassemble(module);
  expect(text).toContain('(func');
  return forbiddenMnemonics(text);
}
