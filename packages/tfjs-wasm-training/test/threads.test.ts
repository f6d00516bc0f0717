import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { startThreadedBackend } from '../src/index.js';

const run = promisify(execFile);

interface Steps {
  readonly threads: number;
  readonly losses: readonly number[];
  readonly digest: string;
}

/** Trains in a process of its own, which must end by itself. */
async function steps(threads: number): Promise<Steps> {
  const loader = pathToFileURL(createRequire(__filename).resolve('tsx')).href;
  const { stdout } = await run(
    process.execPath,
    ['--import', loader, '--conditions=@bnfree/source', join(__dirname, 'threadedSteps.ts'), String(threads)],
    { timeout: 50_000 },
  );
  return JSON.parse(stdout) as Steps;
}

describe('startThreadedBackend', () => {
  test('trains to the same bits with any number of threads', async () => {
    const [one, ...others] = [await steps(1), await steps(2), await steps(4)];
    expect(one.threads).toBe(1);
    expect(one.losses.every(Number.isFinite)).toBe(true);
    expect(others).toEqual([2, 4].map((threads) => ({ ...one, threads })));
  });

  describe('refuses', () => {
    beforeAll(async () => {
      await tf.setBackend('wasm');
    });

    test.each([0, 5, 1.5, NaN])('%p threads, and a backend that runs, at once', async (threads) => {
      const error = await startThreadedBackend(threads).catch((reason: unknown) => reason);
      const { issues } = error as { readonly issues: readonly { readonly code: string }[] };
      expect(issues.map(({ code }) => code)).toEqual(['INVALID_THREADS', 'BACKEND_STARTED']);
    });
  });
});
