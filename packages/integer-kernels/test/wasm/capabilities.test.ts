import { describe, expect, test } from '@jest/globals';
import { wasmBackend } from '../../src/index.js';
import { detectCapabilities } from '../../src/wasm/capabilities.js';
import { hostEngine, type Engine } from '../../src/wasm/engine.js';
import { probeModule } from '../../src/wasm/matrix/probeProducts.js';
import { typicalSpeeds, type ProductSpeeds } from '../../src/wasm/matrix/productSpeeds.js';

const host = hostEngine();
const wasm = host.wasm as NonNullable<Engine['wasm']>;
const hasRelaxed = detectCapabilities().relaxedSimd;
const withRelaxed = hasRelaxed ? test : test.skip;
const probed = Object.keys(typicalSpeeds) as (keyof ProductSpeeds)[];

/** An engine whose functions leave a wrong value behind from some call on. */
function engineThatFails(afterCalls: number): Engine {
  class Instance extends wasm.Instance {
    override readonly exports: WebAssembly.Exports;

    constructor(module: WebAssembly.Module, imports?: WebAssembly.Imports) {
      super(module, imports);
      const { memory } = (imports as { arena: { memory: WebAssembly.Memory } }).arena;
      const run = super.exports['0.0'] as (...values: number[]) => void;
      let calls = 0;
      this.exports = {
        '0.0': (...values: number[]) => {
          run(...values);
          calls += 1;
          // The output's address stands behind that of the input.
          if (calls > afterCalls) new Uint8Array(memory.buffer)[values[1]] ^= 1;
        },
      };
    }
  }
  return { ...host, wasm: { ...members(wasm), Instance } };
}

/** WebAssembly's members cannot be spread: they are not enumerable. */
function members({ Module, Instance, Memory }: NonNullable<Engine['wasm']>): NonNullable<Engine['wasm']> {
  return { Module, Instance, Memory, validate: (bytes) => wasm.validate(bytes) };
}

describe('capabilities of an engine', () => {
  test('without WebAssembly, or without SIMD, are none', () => {
    expect(detectCapabilities({ now: host.now })).toEqual({ simd: false, relaxedSimd: false });
    const withoutSimd = { ...host, wasm: { ...members(wasm), validate: () => false } };
    expect(detectCapabilities(withoutSimd)).toEqual({ simd: false, relaxedSimd: false });
  });

  test('of Node before 22 have no relaxed SIMD, whatever it compiles', () => {
    const { simd, relaxedSimd, probe } = detectCapabilities({ ...host, nodeVersion: '20.19.0' });
    expect({ simd, relaxedSimd, measured: Object.keys(probe ?? {}) }).toEqual({
      simd: true,
      relaxedSimd: false,
      measured: ['dot', 'extmul'],
    });
  });

  test('say how fast each way to multiply is', () => {
    const { probe = {} } = detectCapabilities();
    const measured = hasRelaxed ? ['dot', 'extmul', 'relaxed', 'relaxedAdd'] : ['dot', 'extmul'];
    expect(Object.keys(probe)).toEqual(measured);
    expect(Object.values(probe).every((speed) => speed > 0)).toBe(true);
    expect(wasmBackend().capabilities.probe).toEqual(probe);
  });

  test('are measured by coarse clocks too', () => {
    let ticks = 0;
    const coarse = { ...host, now: () => Math.floor((ticks += 1) / 50) / 10 };
    expect(detectCapabilities(coarse)).toMatchObject({ simd: true });
  });

  test('of a host that forbids compilation are what it accepts', () => {
    const Module = (): never => {
      throw new EvalError('unsafe-eval');
    };
    const strict = { ...host, wasm: { ...members(wasm), Module: Module as unknown as typeof wasm.Module } };
    expect(detectCapabilities(strict)).toEqual({ simd: true, relaxedSimd: hasRelaxed });
  });

  test('are tried by modules that browsers compile at once', () => {
    for (const kind of probed) expect(probeModule(kind).length).toBeLessThan(4096);
  });

  test('are found out once', () => {
    expect(detectCapabilities()).toBe(detectCapabilities());
  });

  withRelaxed.each([0, 1, 200])('with wrong products after %i calls have no relaxed SIMD', (calls) => {
    const { simd, relaxedSimd } = detectCapabilities({ ...engineThatFails(calls), nodeVersion: '99.0.0' });
    expect({ simd, relaxedSimd }).toEqual({ simd: true, relaxedSimd: false });
  });

  withRelaxed('with right products have relaxed SIMD, also where there is no Node', () => {
    const { wasm: engine, now } = host;
    expect(detectCapabilities({ wasm: engine, now } as Engine).relaxedSimd).toBe(true);
  });
});
