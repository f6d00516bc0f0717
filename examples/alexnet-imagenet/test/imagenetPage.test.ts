import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { distillationHours } from '../src/page/distillationHours.js';
import type { ImagenetFile, LatencyRow } from '../src/page/imagenetFile.js';
import { imagenetPage } from '../src/page/imagenetPage.js';

const docs = (name: string): string =>
  readFileSync(fileURLToPath(new URL(`../../../docs/${name}`, import.meta.url)), 'utf8');
const file = JSON.parse(docs('imagenet.json')) as ImagenetFile;
const { rows } = JSON.parse(docs('performance.json')) as { readonly rows: readonly LatencyRow[] };

test('docs/imagenet.md is written from its numbers', () => {
  expect(docs('imagenet.md')).toBe(imagenetPage(file, rows));
});

test('at full size all logits were equal, and small models held little more than their files', () => {
  const { models, outcomes } = file.digests;
  expect(models).toHaveLength(6);
  expect(new Set(outcomes.map(({ engine }) => engine.split(' ')[0]))).toEqual(new Set(['Node', 'Chromium']));
  expect(outcomes.filter(({ failure }) => failure !== undefined)).toEqual([]);
  for (const { model, way, memory } of outcomes) {
    const { bytes = 0 } = models.find(({ name }) => name === model) ?? {};
    if (memory === undefined || !way.startsWith('wasm, small')) continue;
    expect((memory.steadyBytes - memory.activationBytes) / bytes).toBeLessThanOrEqual(1.5);
  }
});

test('a slower step makes more hours', () => {
  const [cost, ...others] = file.training;
  const hours = (text: string): number => Number(/adam`[^|]*\|[^|]*\| (\d+)/.exec(text)?.[1]);
  const slower = {
    ...file,
    training: [{ ...cost, imagesPerCoreSecond: cost.imagesPerCoreSecond / 2 }, ...others],
  };
  expect(hours(imagenetPage(slower, rows)) / hours(imagenetPage(file, rows))).toBeCloseTo(2, 2);
});

test('twelve machines distil twelve times in the time of one, four in three times that', () => {
  const rowsOf = [...imagenetPage(file, rows).matchAll(/^\| (1|4|12) \|.*\| ([\d.]+) \|$/gm)];
  const hours = new Map(rowsOf.map(([, machines, time]) => [Number(machines), Number(time)]));
  const one = distillationHours(file);
  expect(hours).toEqual(
    new Map([1, 4, 12].map((machines) => [machines, Number(((12 / machines) * one).toFixed(1))])),
  );
  const slow = file.training.map((cost) => ({
    ...cost,
    processorSecondsPerStep: 2 * cost.processorSecondsPerStep,
  }));
  const fit = one - file.distillation.processorSeconds / 3600;
  expect(distillationHours({ ...file, training: slow }) - one).toBeCloseTo(fit, 6);
});
