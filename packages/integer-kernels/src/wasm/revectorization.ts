import { BnfreeError } from '../errors.js';

/** Node releases whose engine joins vectors, and rightly: that of 22 takes the flag and does nothing, that of 26 ends the process. */
const NODE_RELEASES = [24, 25];
const FLAG = '--experimental-wasm-revectorize';

/** What is asked of the host; tests pass their own. */
export interface RevectorizationHost {
  readonly arch?: string;
  readonly versions?: { readonly node?: string; readonly v8?: string; readonly bun?: string };
  readonly getBuiltinModule?: (name: 'node:v8') => { setFlagsFromString(flags: string): void };
}

/**
 * Makes the engine join two vectors of 128 bits to one of 256 in all code that it compiles from now on, in the whole process.
 *
 * Throws REVECTORIZE_UNAVAILABLE where it cannot.
 */
export function startRevectorization(
  host = (globalThis as { readonly process?: RevectorizationHost }).process,
): void {
  const { node, v8, bun } = host?.versions ?? {};
  const reason =
    node === undefined || v8 === undefined || bun !== undefined
      ? 'a host that is not Node'
      : !NODE_RELEASES.includes(parseInt(node))
        ? `Node ${node}`
        : host?.arch === 'x64'
          ? undefined
          : `a processor of ${host?.arch}`;
  if (reason !== undefined || host?.getBuiltinModule === undefined) throw unavailable(reason ?? 'Node');
  host.getBuiltinModule('node:v8').setFlagsFromString(FLAG);
}

function unavailable(got: string): BnfreeError {
  return new BnfreeError([
    {
      code: 'REVECTORIZE_UNAVAILABLE',
      path: 'options.revectorize',
      message: `got ${got}, expected Node ${NODE_RELEASES.join(' or ')} on x64`,
      fix: 'leave revectorize out',
    },
  ]);
}
