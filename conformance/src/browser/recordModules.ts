/** Keeps the bytes of every WebAssembly module that is compiled from now on. */
export function recordModules(): readonly Uint8Array<ArrayBuffer>[] {
  const recorded: Uint8Array<ArrayBuffer>[] = [];
  const { Module, compile } = WebAssembly;
  const keep = (bytes: BufferSource): void => {
    const view = ArrayBuffer.isView(bytes)
      ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      : new Uint8Array(bytes);
    recorded.push(view.slice());
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
  return recorded;
}
