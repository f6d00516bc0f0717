import { BnfreeError } from '../errors.js';
import { emitModule } from './emitModule.js';
import type { ModuleSource } from './moduleSource.js';

/** Size up to which browsers compile a module at once on their main thread. */
const SYNCHRONOUS_BYTES = 4096;

/** Emits and compiles modules when they are needed, each once. */
export function moduleCache(isShared: boolean): ModuleSource {
  const modules = new Map<string, Promise<WebAssembly.Module>>();
  return {
    async find(plans) {
      const key = plans.map((plan) => plan.key).join('\n');
      const compiled = modules.get(key) ?? compileModule(emitModule(plans, isShared));
      modules.set(key, compiled);
      return { module: await compiled, positions: plans.map((_, position) => position) };
    },
    clear() {
      modules.clear();
    },
  };
}

/** Compiles a binary. Rejects with `WASM_COMPILE` where the host forbids it. */
export async function compileModule(binary: Uint8Array): Promise<WebAssembly.Module> {
  const bytes = binary as Uint8Array<ArrayBuffer>;
  try {
    // The way over another thread takes longer than to compile a small module.
    if (bytes.length <= SYNCHRONOUS_BYTES) return new WebAssembly.Module(bytes);
    return await WebAssembly.compile(bytes);
  } catch (cause) {
    throw new BnfreeError(
      [
        {
          code: 'WASM_COMPILE',
          path: 'prepare()',
          message: `got "${String(cause)}" from the engine, expected it to compile a module of ${bytes.length} bytes`,
          fix: "allow 'wasm-unsafe-eval' in the page's Content-Security-Policy, give modules that were written ahead, or use fastTypescriptBackend()",
        },
      ],
      { cause },
    );
  }
}
