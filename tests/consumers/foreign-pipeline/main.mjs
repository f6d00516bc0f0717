import assert from 'node:assert/strict';
import * as kernels from '@bnfree/integer-kernels';
import * as conformance from '@bnfree/integer-kernels/conformance';
import runner from './runLayer.cjs';
import threads from './runThreads.cjs';

for (const name of ['@bnfree/core', '@tensorflow/tfjs-core']) {
  await assert.rejects(import(name), { code: 'ERR_MODULE_NOT_FOUND' }, `${name} must not be installed`);
}
await runner.runLayer(kernels, conformance);
await threads.runThreads(kernels);
