import wabt from 'wabt';

const loading = wabt();
const features = { simd: true, bulk_memory: true, relaxed_simd: true, threads: true };

/** The library's types leave out that validation takes features; without them it refuses shared memory. */
interface Parsed extends Omit<ReturnType<Awaited<ReturnType<typeof wabt>>['readWasm']>, 'validate'> {
  validate(features: object): void;
}

/** The text form of a module, one instruction a line, by a decoder that is not ours. */
export async function disassemble(module: Uint8Array): Promise<string> {
  const tools = await loading;
  const parsed: Parsed = tools.readWasm(module, { readDebugNames: false, ...features });
  try {
    parsed.validate(features);
    return parsed.toText({ foldExprs: false, inlineExport: false });
  } finally {
    parsed.destroy();
  }
}

/** Mnemonics and types of a text that name floats, relaxed SIMD or atomics. */
export function forbiddenMnemonics(text: string): string[] {
  return text.match(/\b(f16|f32|f64)(x\d+)?\b[\w.]*|\S*relaxed\S*|\S*atomic\S*/g) ?? [];
}
