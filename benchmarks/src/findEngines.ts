import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { ownNode } from './settings.js';

/** Path of a major version of Node: this one, or 24 from its npm package; undefined where it is missing. */
export function findNode(major: number): string | undefined {
  if (major === ownNode) return process.execPath;
  if (major !== 24) return undefined;
  try {
    const manifest = createRequire(import.meta.url).resolve('node-24/package.json');
    const path = join(dirname(manifest), 'bin/node');
    return existsSync(path) ? path : undefined;
  } catch {
    return undefined;
  }
}

/** Path of an installed Chromium, `CHROMIUM_PATH` first; undefined where there is none. */
export function findChromium(): string | undefined {
  const candidates = [
    process.env['CHROMIUM_PATH'],
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
  ];
  return candidates.find((path) => path !== undefined && existsSync(path));
}
