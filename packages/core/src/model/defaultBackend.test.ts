import { expect, test } from '@jest/globals';
import { convNet } from '../../test/sampleGraphs.js';
import { defaultBackend } from './defaultBackend.js';
import { IntegerModel } from './integerModel.js';

/** Runs something in an engine whose WebAssembly is another one. */
async function withWebAssembly<Result>(
  replacement: unknown,
  run: () => Result | Promise<Result>,
): Promise<Result> {
  const engine = globalThis.WebAssembly;
  const define = (value: unknown): void => {
    Object.defineProperty(globalThis, 'WebAssembly', { value, configurable: true, writable: true });
  };
  define(replacement);
  try {
    return await run();
  } finally {
    define(engine);
  }
}

test('is WebAssembly where the engine has it', () => {
  expect(defaultBackend().name).toBe('wasm');
});

test.each([
  ['without WebAssembly', undefined],
  ['without its SIMD', { ...WebAssembly, validate: () => false }],
])('is fast TypeScript on an engine %s, and gives the same bytes', async (_, engine) => {
  const input = Uint8Array.from({ length: 8 * 8 * 3 }, (_value, index) => (index * 37) & 127);
  const expected = await IntegerModel.fromGraph(convNet());
  const model = await withWebAssembly(engine, () => IntegerModel.fromGraph(convNet()));
  expect(model.backend.name).toBe('fast-typescript');
  expect((await model.run(input)).output).toEqual((await expected.run(input)).output);
});
