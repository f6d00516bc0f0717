import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

const main = resolve(__dirname, '../src/main.ts');
const tsx = createRequire(__filename).resolve('tsx/cli');
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'demo-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function demo(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const all = [tsx, '--conditions=@bnfree/source', main, ...args];
  return spawnSync(process.execPath, all, { cwd: folder, encoding: 'utf8', timeout: 50_000 });
}

describe('the demo on the command line', () => {
  test('reports wrong flags at once, each with its fix, and writes nothing', () => {
    const { status, stdout, stderr } = demo('--bits', '4', '--sed', '1', '--out', 'out');
    expect(status).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/UNKNOWN_FLAG at --sed[\s\S]*did you mean --seed\?[\s\S]*INVALID_FLAG at --bits/);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('prints one JSON document with --json, also for an error before the work starts', () => {
    const { status, stdout } = demo('--json', '--out', '/proc/demo');
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'OUTPUT_NOT_WRITABLE' } });
  });

  test('explains its flags', () => {
    const { status, stdout } = demo('--help');
    expect(status).toBe(0);
    for (const flag of ['--bits', '--requantization', '--train-images', '--resume'])
      expect(stdout).toContain(flag);
  });
});
