import assert from 'node:assert/strict';
import { IntegerModel } from '@bnfree/core';
import app from './useModel.cjs';

for (const name of ['@tensorflow/tfjs-core', '@bnfree/distill']) {
  await assert.rejects(import(name), { code: 'ERR_MODULE_NOT_FOUND' }, `${name} must not be installed`);
}
await app.useModel(IntegerModel);
