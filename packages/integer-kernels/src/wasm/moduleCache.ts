import { BnfreeError } from '../errors.js';

/** Size up to which browsers compile a module at once on their main thread. */
const SYNCHRONOUS_BYTES = 4096;

/** Compiled modules by the keys of what is in them. */
export interface ModuleCache {
  /** The module of a key, emitted and compiled on first use. Rejects with `WASM_COMPILE` where the host forbids it. */
  compile(key: string, emit: () => Uint8Array): Promise<WebAssembly.Module>;
  clear(): void;
}

/** An empty cache. */
export function moduleCache(): ModuleCache {
  const modules = new Map<string, Promise<WebAssembly.Module>>();
  return {
    compile(key, emit) {
      const known = modules.get(key);
      if (known !== undefined) return known;
      const compiled = compileModule(emit() as Uint8Array<ArrayBuffer>);
      modules.set(key, compiled);
      return compiled;
    },
    clear() {
      modules.clear();
    },
  };
}

async function compileModule(bytes: Uint8Array<ArrayBuffer>): Promise<WebAssembly.Module> {
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
          fix: "allow 'wasm-unsafe-eval' in the page's Content-Security-Policy, or use typescriptBackend()",
        },
      ],
      { cause },
    );
  }
}
