/** Names of the modules that belong to an artifact: `model.bnfree` has `model.wasm` and `model.relaxed.wasm` beside it. */
export function modulePaths(artifact: string): { readonly base: string; readonly relaxed: string } {
  const stem = artifact.replace(/\.bnfree$/, '');
  return { base: `${stem}.wasm`, relaxed: `${stem}.relaxed.wasm` };
}
