import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type DenseOp,
  type KernelBackend,
  type Op,
  type OperandViews,
  type WasmBackendOptions,
  denseLayout,
  opNames,
  placeOperands,
  typescriptBackend,
  wasmBackend,
} from '../../src/index.js';
import { chooseKernel } from '../../src/wasm/kernels.js';
import { emitModule } from '../../src/wasm/emitModule.js';
import { kernelTarget } from '../../src/wasm/kernelTarget.js';
import { opCase } from '../arbitraries/op.js';

/** Places all memory of an op in an arena of another backend or its own. */
async function viewsOf(backend: KernelBackend, op: Op, owner = backend): Promise<OperandViews> {
  const places = placeOperands(backend, op);
  return { ...places, arena: await owner.allocate(places.byteLength) };
}

function denseOp(units: number, features: number, weight: number): DenseOp {
  const activation = (size: number) =>
    ({ shape: [3, size], type: 'int8', zeroPoint: 0, quantMin: -128, quantMax: 127 }) as const;
  return {
    op: 'dense',
    inputs: [activation(features)],
    output: activation(units),
    weights: {
      bits: 8,
      code: 'twosComplement',
      zeroPoint: 0,
      shape: [units, features],
      data: new Uint8Array(units * features).fill(weight),
    },
    bias: new Int32Array(units).fill(weight),
    requantization: { kind: 'shift', rounding: 'halfUp', shifts: Int32Array.of(4) },
  };
}

const target = kernelTarget({}, { simd: true, relaxedSimd: false });
const planOf = (op: Op) =>
  chooseKernel(op, target).plan(
    op,
    { inputs: op.inputs.map(denseLayout), output: denseLayout(op.output) },
    target,
  );

describe('prepare', () => {
  test.each(opNames)('%s: warming up leaves inputs, halos and output as they were', async (name) => {
    const backend = wasmBackend();
    for (const { op } of fc.sample(opCase(name, 'large'), 10)) {
      const views = await viewsOf(backend, op);
      const { arena, constantsOffset } = views;
      for (let index = 0; index < arena.byteLength; index += 1) arena.bytes[index] = (index * 7919) >> 3;
      const before = arena.bytes.slice(0, constantsOffset);
      await backend.prepare(op, views);
      expect(arena.bytes.slice(0, constantsOffset)).toEqual(before);
    }
  });

  test('refuses an arena of another backend', async () => {
    const op = denseOp(4, 4, 1);
    const views = await viewsOf(wasmBackend(), op, typescriptBackend());
    await expect(wasmBackend().prepare(op, views)).rejects.toMatchObject({ code: 'FOREIGN_ARENA' });
  });

  test('refuses memory that lies outside the arena', async () => {
    const backend = wasmBackend();
    const op = denseOp(4, 4, 1);
    const views = await viewsOf(backend, op);
    const outside = { ...views, constantsOffset: views.arena.byteLength, scratchOffset: 8 };
    await expect(backend.prepare(op, outside)).rejects.toMatchObject({
      issues: [
        { code: 'VIEW_OUT_OF_BOUNDS', path: 'constantsOffset' },
        { code: 'VIEW_OUT_OF_BOUNDS', path: 'scratchOffset' },
      ],
    });
  });
});

describe('options', () => {
  test('all that is wrong is reported at once', () => {
    const options = {
      memroy: 'small',
      relaxedSimd: 1,
      kernels: ['relaxd'],
    } as unknown as WasmBackendOptions;
    expect(() => wasmBackend(options)).toThrow(
      expect.objectContaining({
        issues: [
          expect.objectContaining({ code: 'UNKNOWN_OPTION', fix: 'did you mean memory?' }),
          expect.objectContaining({ code: 'INVALID_OPTION', path: 'options.relaxedSimd' }),
          expect.objectContaining({ path: 'options.kernels[0]', fix: "write 'relaxed'" }),
        ],
      }),
    );
  });

  test('relaxed SIMD can be declined', () => {
    expect(wasmBackend({ relaxedSimd: false }).capabilities.relaxedSimd).toBe(false);
  });
});

describe('allocate', () => {
  test('gives exactly the bytes that were asked for', async () => {
    const { byteLength, bytes } = await wasmBackend().allocate(100_001);
    expect([byteLength, bytes.length]).toEqual([100_001, 100_001]);
  });

  test('reports what no engine can give', async () => {
    await expect(wasmBackend().allocate(2 ** 40)).rejects.toMatchObject({ code: 'OUT_OF_MEMORY' });
  });
});

describe('modules', () => {
  test('ops that differ in their constants alone share one', () => {
    expect(planOf(denseOp(8, 6, 1)).key).toBe(planOf(denseOp(8, 6, 5)).key);
    expect(planOf(denseOp(8, 6, 1)).key).not.toBe(planOf(denseOp(8, 7, 1)).key);
    expect(planOf(denseOp(8, 6, 1)).key).not.toBe(planOf(denseOp(9, 6, 1)).key);
  });

  test.each(opNames)('%s: equal keys emit equal bytes', (name) => {
    const plans = fc.sample(opCase(name, 'small'), 60).map(({ op }) => planOf(op));
    const byKey = new Map<string, string>();
    for (const plan of plans) {
      const bytes = emitModule([plan]).join();
      expect(byKey.get(plan.key) ?? bytes).toBe(bytes);
      byKey.set(plan.key, bytes);
    }
    expect(byKey.size).toBeGreaterThan(1);
  });

  test.each(opNames)('%s: every module is one that the engine accepts', (name) => {
    const backend = wasmBackend();
    for (const { op } of fc.sample(opCase(name, 'small'), 5)) {
      const modules = backend.modules(op) as Uint8Array<ArrayBuffer>[];
      expect(modules.length).toBeGreaterThan(0);
      expect(modules.map((bytes) => WebAssembly.validate(bytes))).toEqual(modules.map(() => true));
    }
  });
});

describe('capabilities', () => {
  test('say what the engine compiles', () => {
    expect(wasmBackend({ threads: 1 }).capabilities).toMatchObject({ simd: true, threads: 1, notes: [] });
  });

  test('an engine without WebAssembly is refused by a code', () => {
    const engine = globalThis.WebAssembly;
    Reflect.deleteProperty(globalThis, 'WebAssembly');
    try {
      expect(() => wasmBackend()).toThrow(expect.objectContaining({ code: 'SIMD_UNAVAILABLE' }));
    } finally {
      Object.defineProperty(globalThis, 'WebAssembly', { value: engine, configurable: true, writable: true });
    }
  });
});
