import type { Issue, KernelBackend, Op } from '@bnfree/integer-kernels';
import { sha256Hex } from '../graph/sha256Hex.js';
import { decodeWasm } from './decodeWasm.js';

/** What stands in all modules that backends can emit for a list of ops. */
export interface ModuleCensus {
  /** Different modules. */
  readonly modules: number;
  readonly instructions: number;
  readonly floatOpcodes: number;
}

/** What is decoded. */
export interface ModuleSources {
  readonly backends: readonly KernelBackend[];
  /** Modules that were written ahead of time. */
  readonly written: readonly Uint8Array[];
}

/** Decodes every module that the backends can emit and every one that was written, and reports floats and what cannot be read. */
export function verifyModules(
  layers: readonly { readonly name: string; readonly op: Op }[],
  { backends, written }: ModuleSources,
  issues: Issue[],
): ModuleCensus {
  const seen = new Set<string>();
  let instructions = 0;
  let floatOpcodes = 0;
  const check = (bytes: Uint8Array, path: string): void => {
    const digest = sha256Hex(bytes);
    if (seen.has(digest)) return;
    seen.add(digest);
    const facts = decodeWasm(bytes);
    for (const count of facts.instructions.values()) instructions += count;
    floatOpcodes += facts.floatOpcodes;
    issues.push(...facts.issues.map((issue) => ({ ...issue, path: `${path}, ${issue.path}` })));
    if (facts.floatOpcodes + facts.floatTypes === 0) return;
    issues.push({
      code: 'VERIFY_FLOAT_OPCODE',
      path,
      message: `got ${facts.floatOpcodes} float instructions and ${facts.floatTypes} float types, expected none`,
      fix: 'use a backend whose kernels compute with integers alone',
    });
  };
  for (const backend of backends) {
    for (const { name, op } of layers) {
      for (const bytes of backend.modules(op)) check(bytes, `${backend.name} ${name}`);
    }
  }
  written.forEach((bytes, index) => {
    check(bytes, `modules[${index}]`);
  });
  return { modules: seen.size, instructions, floatOpcodes };
}
