import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { IntegerModel } from '@bnfree/core';
import { distillLayerwise } from '@bnfree/distill';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { makeImages, trainTeacher } from './teacher.mjs';

await tf.setBackend('cpu');
const data = makeImages(256);
const teacher = await trainTeacher(data);
const options = {
  bits: { weights: 4, activations: 4 },
  input: { zeroPoint: 128, scale: { numerator: 1, denominator: 128 } },
  fit: { steps: 20 },
  batchSize: 32,
  seed: 7,
};
const steps = [];
const { artifact, model, report } = await distillLayerwise(teacher, data, {
  ...options,
  onEvent: (event) => {
    if (event.type === 'step') steps.push(event.layer);
  },
});
await model.dispose();
assert.equal(new Set(steps).size, report.layers.length, 'each layer is fitted and says so');

const again = await distillLayerwise(teacher, data, options);
await again.model.dispose();
assert.equal(again.report.artifact.sha256, report.artifact.sha256, 'the same seed gives the same bytes');

writeFileSync('model.bnfree', artifact);
const loaded = await IntegerModel.load('model.bnfree');
const { ranking } = await loaded.run(data.images);
const right = ranking.filter(([best], image) => best === data.labels[image]).length;
console.log(
  `${report.layers.length} integer layers, ${readFileSync('model.bnfree').length} bytes, ${right} of 256 right`,
);
assert.ok(right >= 240, `${right} of 256 right, expected nearly all`);
await loaded.dispose();
rmSync('model.bnfree');

await assert.rejects(distillLayerwise(teacher, data, { bit: { weights: 4 } }), { code: 'UNKNOWN_OPTION' });
