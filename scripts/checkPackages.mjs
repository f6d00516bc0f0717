// Runs publint and are-the-types-wrong on the tarballs that would be published.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packTarballs, root } from './packTarballs.mjs';

const folder = mkdtempSync(join(tmpdir(), 'bnfree-packages-'));
const run = (tool, ...args) =>
  spawnSync(join(root, 'node_modules/.bin', tool), args, { stdio: ['ignore', 'inherit', 'inherit'] })
    .status === 0;
for (const [name, tarball] of packTarballs(folder)) {
  console.log(`\n${name}`);
  const isClean = [
    run('publint', tarball, '--strict'),
    // Node 10's resolution does not know "exports"; every supported Node does.
    // A worker's program is loaded, not imported: it has no types.
    run(
      'attw',
      tarball,
      '--profile',
      'node16',
      '--exclude-entrypoints',
      'worker',
      '--format',
      'ascii',
      '--no-emoji',
    ),
  ].every(Boolean);
  if (!isClean) process.exitCode = 1;
}
rmSync(folder, { recursive: true });
