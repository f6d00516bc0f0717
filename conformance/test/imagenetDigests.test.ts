import { describe, expect, test } from '@jest/globals';
import { digestPlan } from '../src/imagenet/digestPlan.js';
import { renderDigests } from '../src/imagenet/renderDigests.js';
import { runDigests } from '../src/imagenet/runDigests.js';
import { outcomeOf } from '../src/imagenet/wayOutcome.js';

test('AlexNets of few channels give the same logits for photographs in every way', async () => {
  const effort = { reference: 2, fastTypescript: 2, all: 3 };
  const notes: string[] = [];
  const settings = { effort, isTiny: true, nodes: [], hasChromium: false };
  const report = await runDigests(settings, (text) => notes.push(text));
  const { models, outcomes } = report;
  expect(models.map(({ name }) => name)).toEqual([
    ...['torchvision W8A8', 'torchvision W4A4', 'torchvision W2A4'],
    ...['original W8A8', 'original W4A4', 'original W2A4'],
  ]);
  expect(new Set(models.map(({ logitsSha256 }) => logitsSha256)).size).toBe(6);
  expect(outcomes.filter(({ failure }) => failure !== undefined)).toEqual([]);
  expect(outcomes.filter(({ way }) => way === 'typescript').map(({ photographs }) => photographs)).toEqual(
    new Array(6).fill(2),
  );
  expect(outcomes.filter(({ way }) => way === 'wasm, small, batch 8')).toHaveLength(6);
  for (const { photographs, way } of outcomes) if (way !== 'typescript') expect(photographs).toBe(3);
  expect(renderDigests(report)).toMatch(/\n60 passed, 0 failed\n$/);
});

describe('a digest', () => {
  const expected = new Map([['net', { 2: 'aa', 3: 'bb' }]]);
  const memory = { steadyBytes: 1 } as never;

  test('that differs for any number of photographs is a failure', () => {
    const outcome = (sha256: Readonly<Record<number, string>>) =>
      outcomeOf('Node 1', { model: 'net', way: 'wasm', digest: { sha256, memory, seconds: 1 } }, expected);
    expect(outcome({ 2: 'aa', 3: 'bb' }).failure).toBeUndefined();
    expect(outcome({ 2: 'aa', 3: 'bc' }).failure).toBe('got bc of 3 photographs, expected bb');
    const report = { models: [], outcomes: [outcome({ 2: 'ab' })], missing: ['Chromium'] };
    expect(renderDigests(report)).toBe(
      [
        'Node 1, net, wasm: got ab of 2 photographs, expected aa',
        'Chromium is missing',
        '0 passed, 1 failed, 1 skipped',
        '',
      ].join('\n'),
    );
  });

  test('that never came is a failure', () => {
    const outcome = outcomeOf('Node 1', { model: 'net', way: 'wasm', failure: 'Error: no' }, expected);
    expect(outcome).toMatchObject({ photographs: 0, failure: 'Error: no' });
  });
});

test('slow ways run fewer photographs, the fast TypeScript backend all of them on the first engine', () => {
  const effort = { reference: 5, fastTypescript: 20, all: 100 };
  const counts = (isFirst: boolean) =>
    Object.fromEntries(digestPlan(effort, isFirst).map((planned) => [planned.way, planned.counts]));
  expect(counts(true)).toMatchObject({
    typescript: [5],
    'fast TypeScript': [5, 20, 100],
    wasm: [5, 20, 100],
  });
  expect(counts(false)).toMatchObject({
    typescript: [5],
    'fast TypeScript': [5, 20],
    'wasm, 2 threads': [5, 20, 100],
  });
});
