import { type Issue, type KernelBackend, opNames } from '@bnfree/integer-kernels';
import { showError } from './checkOutput.js';

/** Checks what a backend says of itself, and that its arenas have exactly the bytes that were asked for. */
export async function checkArenas(backend: KernelBackend): Promise<Issue[]> {
  const issues: Issue[] = [];
  const issueOf = (code: string, path: string, message: string, fix: string): void => {
    issues.push({ code, path, message, fix });
  };
  for (const name of backend.ops) {
    if (opNames.includes(name)) continue;
    issueOf('CONFORMANCE_OPS', 'ops', `got '${name}', expected names of ops`, 'take it out of ops');
  }
  for (const byteLength of [1, 16, 100_001]) {
    const fix = 'allocate an arena of exactly byteLength bytes';
    try {
      const arena = await backend.allocate(byteLength);
      if (arena.byteLength === byteLength && arena.bytes.length === byteLength) continue;
      const message = `got byteLength ${arena.byteLength} and ${arena.bytes.length} bytes, expected ${byteLength}`;
      issueOf('CONFORMANCE_ARENA', `allocate(${byteLength})`, message, fix);
    } catch (error) {
      const message = `got ${showError(error)}, expected an arena`;
      issueOf('CONFORMANCE_ARENA', `allocate(${byteLength})`, message, fix);
    }
  }
  return issues;
}
