/** What is asked to find out what an engine can do. Tests pass engines of their own. */
export interface Engine {
  /** Absent on hosts without WebAssembly. */
  readonly wasm?: Pick<typeof WebAssembly, 'validate' | 'Module' | 'Instance' | 'Memory'>;
  /** `process.versions.node`; absent elsewhere. */
  readonly nodeVersion?: string;
  /** Milliseconds from any start. */
  readonly now: () => number;
}

/** The engine that runs this code. */
export function hostEngine(): Engine {
  const host = globalThis as {
    readonly WebAssembly?: typeof WebAssembly;
    readonly process?: { readonly versions?: { readonly node?: string } };
  };
  const nodeVersion = host.process?.versions?.node;
  return {
    ...(host.WebAssembly === undefined ? {} : { wasm: host.WebAssembly }),
    ...(nodeVersion === undefined ? {} : { nodeVersion }),
    now: () => performance.now(),
  };
}
