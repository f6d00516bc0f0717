import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '..');

/** Packs every built package into a folder, as it would be published; returns the tarballs by package name. */
export function packTarballs(folder) {
  return new Map(
    readdirSync(join(root, 'packages')).map((directory) => {
      const cwd = join(root, 'packages', directory);
      const { name, version } = JSON.parse(readFileSync(join(cwd, 'package.json'), 'utf8'));
      const tarball = join(folder, `${directory}-${version}.tgz`);
      execFileSync('npx', ['-y', 'pnpm@12', 'pack', '--out', tarball], {
        cwd,
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      return [name, tarball];
    }),
  );
}
