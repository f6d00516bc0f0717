import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fork } from 'node:child_process';
import { expect, test } from '@jest/globals';
import type { MeasureMessage, MeasureOrder } from '../src/measure/measureProcess.js';

// A process of its own, as the benchmark has it: onnxruntime does not know the typed arrays of jest's realm.
test('a measuring process compares our bytes with the reference and with onnxruntime, and sends rows', async () => {
  const digestFolder = mkdtempSync(join(tmpdir(), 'bnfree-bench-test-'));
  const order: MeasureOrder = {
    ids: ['global-average/7x7x512', 'pool/average2x2s2/28x28x256'],
    threads: 1,
    budget: { roundsMs: 1, minRounds: 2, maxRounds: 2, warmUpMs: 1 },
    options: {},
    peers: ['onnxruntime-web u8'],
    digestFolder,
    clock: 'wall',
  };
  const messages = await measure(order);
  rmSync(digestFolder, { recursive: true });
  expect(messages.map((message) => (message.type === 'failed' ? message.text : message.type))).toEqual([
    'start',
    'row',
    'start',
    'row',
  ]);
  for (const message of messages) {
    if (message.type !== 'row') continue;
    const { 'onnxruntime-web u8': equality } = message.row.equality.peers;
    expect(equality.largestDifference).toBeLessThanOrEqual(1);
    expect(message.row.ratios['onnxruntime-web u8']).toBeGreaterThan(0);
  }
});

function measure(order: MeasureOrder): Promise<MeasureMessage[]> {
  const root = resolve(import.meta.dirname, '../..');
  const child = fork(join(root, 'benchmarks/src/measure/measureProcess.ts'), {
    execArgv: ['--conditions=@bnfree/source', '--import', join(root, 'node_modules/tsx/dist/loader.mjs')],
    cwd: root,
  });
  const messages: MeasureMessage[] = [];
  return new Promise((done, fail) => {
    child.on('message', (message: MeasureMessage) => messages.push(message));
    child.once('error', fail);
    child.once('exit', () => {
      done(messages);
    });
    child.send(order);
  });
}
