import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { wasmBackend } from '../../src/index.js';
import { startRevectorization, type RevectorizationHost } from '../../src/wasm/revectorization.js';

const isAvailable = [24, 25].includes(parseInt(process.versions.node)) && process.arch === 'x64';

function host(changes: RevectorizationHost): {
  readonly host: RevectorizationHost;
  readonly flags: string[];
} {
  const flags: string[] = [];
  const getBuiltinModule = () => ({ setFlagsFromString: (flag: string) => void flags.push(flag) });
  return {
    host: { arch: 'x64', versions: { node: '24.1.0', v8: '13.6' }, getBuiltinModule, ...changes },
    flags,
  };
}

describe('revectorization', () => {
  test('sets the flag of V8', () => {
    const { host: node, flags } = host({});
    startRevectorization(node);
    expect(flags).toEqual(['--experimental-wasm-revectorize']);
  });

  test.each<[string, RevectorizationHost]>([
    ['Node 22.9.0', { versions: { node: '22.9.0', v8: '12.4' } }],
    ['Node 26.10.0', { versions: { node: '26.10.0', v8: '14.6' } }],
    ['a processor of arm64', { arch: 'arm64' }],
    ['a host that is not Node', { versions: {} }],
    ['a host that is not Node', { versions: { node: '24.3.0', v8: '13', bun: '1.3.0' } }],
  ])('is refused on %s', (reason, changes) => {
    const { host: other, flags } = host(changes);
    expect(() => {
      startRevectorization(other);
    }).toThrow(
      expect.objectContaining({
        code: 'REVECTORIZE_UNAVAILABLE',
        issues: [expect.objectContaining({ message: `got ${reason}, expected Node 24 or 25 on x64` })],
      }),
    );
    expect(flags).toEqual([]);
  });

  test('is refused without a process, as in browsers', () => {
    expect(() => {
      startRevectorization({});
    }).toThrow(expect.objectContaining({ code: 'REVECTORIZE_UNAVAILABLE' }));
  });

  (isAvailable ? test.skip : test)('is an error of the backend where there is none', () => {
    expect(() => wasmBackend({ revectorize: true })).toThrow(
      expect.objectContaining({ code: 'REVECTORIZE_UNAVAILABLE' }),
    );
  });

  (isAvailable ? test : test.skip)(
    'every direct kernel gives the bytes of the reference',
    () => {
      const script = join(__dirname, 'runRevectorized.ts');
      // Only the optimizing compiler joins vectors: it shall compile everything.
      const flags = ['--no-liftoff', '--import', 'tsx', '--conditions=@bnfree/source', '--no-warnings'];
      const output = execFileSync(process.execPath, [...flags, script], { encoding: 'utf8' });
      const results = JSON.parse(output) as { readonly cases: number; readonly failure?: string }[];
      expect(results.filter(({ failure }) => failure !== undefined)).toEqual([]);
      expect(results.length).toBe(15);
      expect(results.every(({ cases }) => cases > 5)).toBe(true);
    },
    300_000,
  );
});
