import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const ownMajor = Number(process.versions.node.split('.')[0]);

/** Path of a major version of Node: this one, or one of the optional npm packages; undefined where it is missing. */
export function findNode(major: number): string | undefined {
  if (major === ownMajor) return process.execPath;
  try {
    const manifest = createRequire(import.meta.url).resolve(`node-${major}/package.json`);
    const path = join(dirname(manifest), 'bin/node');
    return existsSync(path) ? path : undefined;
  } catch {
    return undefined;
  }
}
