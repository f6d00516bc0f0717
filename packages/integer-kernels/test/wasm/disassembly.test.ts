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

  test.each(opNames)('%s has no float, relaxed or atomic instruction', async (name) => {
    const backend = wasmBackend();
    const cases = [...fc.sample(opCase(name, 'small'), 5), ...fc.sample(opCase(name, 'large'), 3)];
    for (const module of cases.flatMap(({ op }) => backend.modules(op))) {
      const text = await disassemble(module);
      expect(text).toContain('(func');
      expect(forbiddenMnemonics(text)).toEqual([]);
    }
  });
});
