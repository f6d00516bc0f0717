import type { BackendCapabilities } from '../backend.js';
import { i32x4, ModuleBuilder, onLane } from './emitter/index.js';

/**
 * `(func (result v128) (i16x8.relaxed_dot_i8x16_i7x16_s (v128.const 0) (v128.const 0)))` as a module.
 *
 * Written out because the emitter has no relaxed instruction.
 */
const relaxedProbe = [
  [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  [1, 5, 1, 0x60, 0, 1, 0x7b],
  [3, 2, 1, 0],
  [10, 43, 1, 41, 0],
  [0xfd, 12, ...new Array<number>(16).fill(0)],
  [0xfd, 12, ...new Array<number>(16).fill(0)],
  [0xfd, 0x92, 2, 0x0b],
].flat();

/** What the engine compiles. */
export type EngineCapabilities = Pick<BackendCapabilities, 'simd' | 'relaxedSimd'>;

/** Asks the engine what it compiles. */
export function detectCapabilities(): EngineCapabilities {
  return {
    simd: isValid(simdProbe()),
    relaxedSimd: isValid(Uint8Array.from(relaxedProbe)),
  };
}

function isValid(bytes: Uint8Array): boolean {
  // Some hosts run without WebAssembly altogether.
  return 'WebAssembly' in globalThis && WebAssembly.validate(bytes as Uint8Array<ArrayBuffer>);
}

function simdProbe(): Uint8Array {
  const module = new ModuleBuilder();
  module.function({ parameters: {}, result: 'i32' }, (f) => {
    f.give(onLane('i32x4.extract_lane', 0, i32x4(1)));
  });
  return module.finish();
}
