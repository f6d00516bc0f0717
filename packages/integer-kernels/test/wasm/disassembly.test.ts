import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { opNames, wasmBackend } from '../../src/index.js';
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

  test.each(opNames)(
    '%s has no float or atomic instruction, and relaxed ones on integers where allowed',
    async (name) => {
      const cases = [...fc.sample(opCase(name, 'small'), 5), ...fc.sample(opCase(name, 'large'), 3)];
      const plain = wasmBackend({ relaxedSimd: false });
      // Where the engine has no relaxed SIMD the two are the same.
      const relaxed = wasmBackend();
      for (const { op } of cases) {
        for (const module of plain.modules(op)) expect(await forbiddenIn(module)).toEqual([]);
        for (const module of relaxed.modules(op)) {
          expect((await forbiddenIn(module)).filter((text) => !relaxedInteger.test(text))).toEqual([]);
        }
      }
    },
  );
});

/** Relaxed instructions that kernels may use: their operands leave the engine no choice. */
const relaxedInteger =
  /^(i8x16\.relaxed_swizzle|i16x8\.relaxed_dot_i8x16_i7x16_s|i32x4\.relaxed_dot_i8x16_i7x16_add_s)$/;

async function forbiddenIn(module: Uint8Array): Promise<string[]> {
  const text = await disassemble(module);
  expect(text).toContain('(func');
  return forbiddenMnemonics(text);
}
