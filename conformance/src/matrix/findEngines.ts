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

/** Path of an installed Chromium, `CHROMIUM_PATH` first; undefined where there is none. */
export function findChromium(): string | undefined {
  const candidates = [process.env['CHROMIUM_PATH'], '/usr/bin/chromium', '/usr/bin/chromium-browser'];
  return candidates.find((path) => path !== undefined && existsSync(path));
}
