import type { BackendCapabilities } from '../backend.js';
import { i32x4, ModuleBuilder, onLane } from './emitter/index.js';
import { hostEngine, type Engine } from './engine.js';
import { probeModule, probeProducts } from './matrix/probeProducts.js';

/** First Node release whose baseline compiler keeps the order of a relaxed product's operands. */
const RELAXED_NODE = 22;

/** What the engine can do. */
export type EngineCapabilities = Pick<BackendCapabilities, 'simd' | 'relaxedSimd' | 'probe'>;

const known = new WeakMap<object, EngineCapabilities>();

/** What this engine can do, found out once a process; or what a given one can. */
export function detectCapabilities(engine?: Engine): EngineCapabilities {
  if (engine !== undefined) return ask(engine);
  const host = hostEngine();
  const capabilities = (host.wasm && known.get(host.wasm)) ?? ask(host);
  if (host.wasm) known.set(host.wasm, capabilities);
  return capabilities;
}

/** Asks an engine what it compiles, tries relaxed products on operands where engines might differ, and measures. */
function ask(engine: Engine): EngineCapabilities {
  const { wasm, nodeVersion } = engine;
  if (wasm?.validate(simdModule()) !== true) return { simd: false, relaxedSimd: false };
  const isTrusted = nodeVersion === undefined || parseInt(nodeVersion) >= RELAXED_NODE;
  const hasRelaxed = isTrusted && wasm.validate(probeModule('relaxed'));
  try {
    const base = probeProducts(engine, ['dot', 'extmul']);
    const relaxed = hasRelaxed ? probeProducts(engine, ['relaxed', 'relaxedAdd']) : undefined;
    return { simd: true, relaxedSimd: relaxed !== undefined, probe: { ...base, ...relaxed } };
  } catch {
    // The host forbids compilation: modules that were written ahead are used without a trial.
    return { simd: true, relaxedSimd: hasRelaxed };
  }
}

/** A module that engines without SIMD refuse. */
function simdModule(): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  module.function({ parameters: {}, result: 'i32' }, (f) => {
    f.give(onLane('i32x4.extract_lane', 0, i32x4(1)));
  });
  return module.finish() as Uint8Array<ArrayBuffer>;
}
