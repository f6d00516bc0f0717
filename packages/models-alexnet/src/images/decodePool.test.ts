import { Worker } from 'node:worker_threads';
import type { BnfreeError } from '@bnfree/core';
import { describe, expect, test } from '@jest/globals';
import type { DecodeTask } from './decodeImage.js';
import { openDecodePool } from './decodePool.js';

const settings = { decoder: 'javascript', resize: 8, size: 8 } as const;

function task(name: string): DecodeTask {
  return { entry: { name, file: 'none.jpg', start: 0, length: null }, draw: null };
}

/** A thread that answers images called good, and does something else at any other. */
function threadThat(program: string): () => Worker {
  const answer = `parentPort.postMessage({ id, result: { reason: 'good' } })`;
  const source = `
    const { parentPort } = require('node:worker_threads');
    parentPort.on('message', ({ id, entry }) => { if (entry.name === 'good') ${answer}; else ${program}; });`;
  return () => new Worker(source, { eval: true });
}

describe('openDecodePool', () => {
  test.each([
    ['ends', 'process.exit(3)', 'it ended with code 3'],
    ['throws', "throw new Error('out of luck')", 'out of luck'],
  ])('names the images that a thread was at when it %s, and never hangs', async (_, program, reason) => {
    const pool = await openDecodePool(settings, 1, threadThat(program));
    expect(await pool.decode(task('good'))).toEqual({ reason: 'good' });
    const lost = ['first', 'second'].map((name) => pool.decode(task(name)));
    for (const [index, result] of (await Promise.allSettled(lost)).entries()) {
      expect(result.status).toBe('rejected');
      const { issues } = (result as PromiseRejectedResult).reason as BnfreeError;
      const [{ code, path, message, fix }] = issues;
      expect([code, path]).toEqual(['WORKER_CRASHED', ['first', 'second'][index]]);
      expect(message).toMatch(/^a thread that decodes ended: /);
      expect(message.endsWith(reason)).toBe(true);
      expect(fix).toMatch(/workers: 0/);
    }
    await expect(pool.decode(task('good'))).rejects.toMatchObject({ code: 'WORKER_CRASHED' });
    await pool.close();
  });

  test('gives work to the thread that has the least', async () => {
    const asked: number[] = [];
    let number = 0;
    const pool = await openDecodePool(settings, 2, () => {
      const own = (number += 1);
      const worker = threadThat('{}')();
      const post = worker.postMessage.bind(worker);
      worker.postMessage = (message: unknown) => {
        asked.push(own);
        post(message);
      };
      return worker;
    });
    for (let image = 0; image < 4; image += 1) void pool.decode(task('stuck'));
    expect(asked).toEqual([1, 2, 1, 2]);
    await pool.close();
  });
});
