import type { Contender } from './contender.js';
import { roofModule, roofShapes, type RoofPath } from './roofModule.js';

/** How a multiply-accumulate loop over registers alone is called among the peers. */
export const roofNames = {
  base: 'engine roof',
  relaxed: 'engine roof relaxed',
} as const satisfies Record<RoofPath, string>;

/**
 * As many multiply-accumulates as some work has, in registers alone: what the engine's instructions allow at most.
 *
 * Undefined where the engine lacks the instructions.
 */
export async function engineRoof(path: RoofPath, macs: number): Promise<Contender | undefined> {
  let best: { readonly ms: number; readonly run: () => void } | undefined;
  for (const shape of roofShapes) {
    const { bytes, macsPerLoop } = roofModule(path, shape);
    if (!WebAssembly.validate(bytes)) return undefined;
    const { instance } = await WebAssembly.instantiate(bytes);
    const loop = instance.exports['run'] as (loops: number, factor: number, one: number) => number;
    const runMacs = (count: number): void => {
      loop(Math.round(count / macsPerLoop), 3, 1);
    };
    const ms = await probe(runMacs);
    if (best === undefined || ms < best.ms) {
      best = {
        ms,
        run: () => {
          runMacs(macs);
        },
      };
    }
  }
  if (best === undefined) return undefined;
  return {
    name: roofNames[path],
    isComparable: false,
    run: best.run,
    read: () => Promise.resolve([]),
    dispose: () => Promise.resolve(),
  };
}

/** Fastest of many short runs, after the engine has compiled in the background. */
async function probe(runMacs: (count: number) => void): Promise<number> {
  for (let call = 0; call < 60; call += 1) runMacs(1e6);
  await new Promise((resolve) => setTimeout(resolve, 200));
  let fastest = Infinity;
  for (let call = 0; call < 40; call += 1) {
    const start = performance.now();
    runMacs(1e7);
    fastest = Math.min(fastest, performance.now() - start);
  }
  return fastest;
}
