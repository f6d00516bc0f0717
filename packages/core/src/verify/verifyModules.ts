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

/** Decodes every module that the backends can emit, and reports floats and what cannot be read. */
export function verifyModules(
  layers: readonly { readonly name: string; readonly op: Op }[],
  backends: readonly KernelBackend[],
  issues: Issue[],
): ModuleCensus {
  const seen = new Set<string>();
  let instructions = 0;
  let floatOpcodes = 0;
  for (const backend of backends) {
    for (const { name, op } of layers) {
      for (const bytes of backend.modules(op)) {
        const digest = sha256Hex(bytes);
        if (seen.has(digest)) continue;
        seen.add(digest);
        const facts = decodeWasm(bytes);
        const path = `${backend.name} ${name}`;
        for (const count of facts.instructions.values()) instructions += count;
        floatOpcodes += facts.floatOpcodes;
        issues.push(...facts.issues.map((issue) => ({ ...issue, path: `${path}, ${issue.path}` })));
        if (facts.floatOpcodes + facts.floatTypes === 0) continue;
        issues.push({
          code: 'VERIFY_FLOAT_OPCODE',
          path,
          message: `got ${facts.floatOpcodes} float instructions and ${facts.floatTypes} float types, expected none`,
          fix: 'use a backend whose kernels compute with integers alone',
        });
      }
    }
  }
  return { modules: seen.size, instructions, floatOpcodes };
}
