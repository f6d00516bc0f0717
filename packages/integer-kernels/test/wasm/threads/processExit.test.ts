import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

test('a process that used threads and forgot to dispose of them ends by itself', () => {
  const script = join(__dirname, 'endsByItself.ts');
  const flags = ['--import', 'tsx', '--conditions=@bnfree/source'];
  const output = execFileSync(process.execPath, [...flags, script], { encoding: 'utf8', timeout: 50_000 });
  expect(output).toBe('2 threads, right');
});
