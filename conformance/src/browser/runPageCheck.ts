import { IntegerModel } from '@bnfree/core';
import { wasmBackend, type WasmBackendOptions } from '@bnfree/integer-kernels';
import { conformanceCase } from '../../../packages/integer-kernels/src/conformance/conformanceCase.js';
import { checkCandidate } from '../../../packages/integer-kernels/test/checkCandidate.js';
import { checkExtremes } from '../../../packages/integer-kernels/test/extremes/checkExtremes.js';
import { threadedBackend } from '../../../packages/integer-kernels/test/threadedBackend.js';
import { digestPhotographs } from '../imagenet/digestPhotographs.js';
import { checkModel } from '../models/checkModel.js';
import type { PageCheck } from './pageCheck.js';

type Run<Kind extends PageCheck['kind']> = (
  check: Extract<PageCheck, { kind: Kind }>,
  compiled: readonly Uint8Array<ArrayBuffer>[],
) => Promise<string | undefined> | string | undefined;

/** What is wrong, in words; undefined where nothing is. */
const runs = {
  environment: ({ isIsolated }) => {
    const got = globalThis.crossOriginIsolated;
    return got === isIsolated ? undefined : `got crossOriginIsolated ${got}, expected ${isIsolated}`;
  },
  candidate: async ({ op, candidate, threads, seed, runs: count }) => {
    const createBackend = (options: WasmBackendOptions) =>
      threads === 2 ? threadedBackend(options, 'page') : wasmBackend(options);
    const { cases, failure } = await checkCandidate({
      op,
      candidate,
      seed,
      runs: count,
      options: { threads },
      createBackend,
    });
    return failure ?? (cases === 0 ? 'got no op that it supports, expected some' : undefined);
  },
  extremes: async ({ op }) => {
    return (await checkExtremes(op, 'some', { create: () => wasmBackend({ threads: 1 }) })).failure;
  },
  model: ({ file, way, threads, ...expected }) => {
    return checkModel(file, expected, way, threads);
  },
  photographs: async ({ file, photographs, way, sha256 }) => {
    const pixels = new Uint8Array(await (await fetch(photographs)).arrayBuffer());
    const { sha256: got } = await digestPhotographs(file, pixels, Object.keys(sha256).map(Number), way);
    const wrong = Object.keys(sha256)
      .map(Number)
      .find((count) => got[count] !== sha256[count]);
    return wrong === undefined
      ? undefined
      : `got ${got[wrong]} of ${wrong} photographs, expected ${sha256[wrong]}`;
  },
  modules: async ({ op, seed, cases }) => {
    const backend = wasmBackend({ threads: 1 });
    let count = 0;
    for (let index = 0; index < cases; index += 1) {
      const drawn = conformanceCase(op, { seed: seed + index, size: index % 2 === 0 ? 'large' : 'small' });
      for (const module of backend.modules(drawn.op)) {
        if (!isValid(module))
          return `got an invalid module of ${module.length} bytes for seed ${seed + index}`;
        count += 1;
      }
    }
    await backend.dispose();
    return count > 0 ? undefined : 'got no module, expected some';
  },
  compiled: (_check, compiled) => {
    if (compiled.length === 0) return 'got no compiled module, expected some';
    const invalid = compiled.filter((module) => !WebAssembly.validate(module));
    return invalid.length === 0 ? undefined : `got ${invalid.length} invalid modules of ${compiled.length}`;
  },
  workerUrl: async ({ file, workerUrl }) => {
    const backend = wasmBackend({ threads: 2, workerUrl });
    const model = await IntegerModel.load(file, { backend });
    const { passed } = await model.selfTest();
    const { threads, notes } = backend.capabilities;
    await model.dispose();
    await backend.dispose();
    if (!passed) return 'got other bytes in the self-test, expected those in the file';
    return threads === 2 ? undefined : `got ${threads} threads (${notes.join('; ')}), expected 2`;
  },
  compileRefused: async ({ file }) => {
    try {
      await IntegerModel.load(file, { backend: wasmBackend({ threads: 1 }) });
      return 'got a model, expected WASM_COMPILE';
    } catch (error) {
      const { code } = error as { readonly code?: string };
      return code === 'WASM_COMPILE' ? undefined : `got ${String(error)}, expected WASM_COMPILE`;
    }
  },
} satisfies { readonly [Kind in PageCheck['kind']]: Run<Kind> };

/** Does one check; whatever is thrown is a failure. */
export async function runPageCheck(
  check: PageCheck,
  compiled: readonly Uint8Array<ArrayBuffer>[],
): Promise<string | undefined> {
  const run = runs[check.kind] as Run<PageCheck['kind']>;
  try {
    return await run(check, compiled);
  } catch (error) {
    return `got ${String(error)}, expected a result`;
  }
}

function isValid(module: Uint8Array): boolean {
  return WebAssembly.validate(module as Uint8Array<ArrayBuffer>);
}
