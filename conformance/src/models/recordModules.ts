/** What was compiled while it was recorded. */
export interface ModuleRecorder {
  readonly modules: readonly Uint8Array<ArrayBuffer>[];
  /** Stops recording. */
  restore(): void;
}

/** Keeps the bytes of every WebAssembly module that is compiled from now on. */
export function recordModules(): ModuleRecorder {
  const modules: Uint8Array<ArrayBuffer>[] = [];
  const { Module, compile } = WebAssembly;
  const keep = (bytes: BufferSource): void => {
    const view = ArrayBuffer.isView(bytes)
      ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      : new Uint8Array(bytes);
    modules.push(view.slice());
  };
  WebAssembly.Module = new Proxy(Module, {
    construct(target, [bytes]: [BufferSource]) {
      keep(bytes);
      return new target(bytes);
    },
  });
  WebAssembly.compile = (bytes) => {
    keep(bytes);
    return compile(bytes);
  };
  return {
    modules,
    restore() {
      WebAssembly.Module = Module;
      WebAssembly.compile = compile;
    },
  };
}
