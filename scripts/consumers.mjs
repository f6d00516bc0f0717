// Installs each project of tests/consumers from packed tarballs, outside the workspace, and runs it.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packTarballs, root } from './packTarballs.mjs';

const sources = join(root, 'tests/consumers');
const folder = mkdtempSync(join(tmpdir(), 'bnfree-consumers-'));
const tarballs = packTarballs(folder);
const catalog = readCatalog();
for (const name of readdirSync(sources)) {
  const project = join(folder, name);
  cpSync(join(sources, name), project, { recursive: true });
  writeManifest(project);
  console.log(`\n${name}`);
  const isFine =
    run(project, 'npm', 'install', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error') &&
    run(project, 'npm', 'start', '--silent');
  console.log(isFine ? `ok: ${name}` : `FAILED: ${name}`);
  if (!isFine) process.exitCode = 1;
}
rmSync(folder, { recursive: true });

function run(cwd, ...[command, ...args]) {
  return spawnSync(command, args, { cwd, stdio: ['ignore', 'inherit', 'inherit'] }).status === 0;
}

/** Workspace dependencies become tarballs, also where another package asks for them; catalog ones become versions. */
function writeManifest(project) {
  const file = join(project, 'package.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8'));
  const overrides = Object.fromEntries([...tarballs].map(([name, tarball]) => [name, `file:${tarball}`]));
  const dependencies = Object.fromEntries(
    Object.keys(manifest.dependencies).map((name) => [name, overrides[name] ?? catalog.get(name)]),
  );
  writeFileSync(file, JSON.stringify({ ...manifest, dependencies, overrides }, undefined, 2));
}

function readCatalog() {
  const workspace = readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8');
  const [, entries] = /^catalog:\n((?: {2}.*\n)+)/m.exec(workspace);
  return new Map(
    [...entries.matchAll(/^ {2}'?([^':]+)'?: (\S+)$/gm)].map(([, name, version]) => [name, version]),
  );
}
