import { beforeAll, describe, expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import { env } from '@tensorflow/tfjs-core';
import type { Contender } from '../src/contenders/contender.js';
import { alexNet } from '../src/networks/alexNet.js';
import type { Environment } from '../src/measure/environment.js';
import { comparePeer } from '../src/measure/comparePeer.js';
import { openBackend } from '../src/measure/openBackend.js';
import { measureItem } from '../src/measure/measureItem.js';
import { sampleInterleaved } from '../src/measure/sampleInterleaved.js';
import { summarize } from '../src/measure/summarize.js';
import { tfjsPeer } from '../src/peers/tfjsPeer.js';
import { engineName, renderRows } from '../src/report/renderRows.js';
import { oneLayer } from '../src/work/oneLayer.js';
import type { WorkItem } from '../src/work/workItem.js';

const budget = { roundsMs: 1, minRounds: 2, maxRounds: 2, warmUpMs: 1 };

const environment: Environment = {
  node: 'v20.0.0',
  browser: null,
  threads: 1,
  clockName: 'wall',
  clock: () => performance.now(),
  openBackend: (item, threads) => openBackend(item, threads, {}),
  loadPeer: (name) => Promise.resolve(tfjsPeer(name, 'cpu')),
  referenceSha256: (_, compute) => compute(),
  note: (text) => {
    throw new Error(text);
  },
};

const layer: WorkItem = {
  id: 'conv',
  batch: 2,
  scope: 'op',
  backend: 'wasm',
  peers: ['tfjs-cpu f32'],
  isQuick: true,
  graph: oneLayer('conv', (net) =>
    net.conv(net.input([1, 6, 6, 5], 'relu'), { filters: 9, kernel: 3, stride: 2, padding: 1 }),
  ),
  own: {
    'own w4': oneLayer('conv', (net) =>
      net.conv(net.input([1, 6, 6, 5], 'relu'), { filters: 9, kernel: 3, weightBits: 4 }),
    ),
  },
};

beforeAll(() => {
  // No advice on the console.
  env().set('IS_TEST', true);
});

describe('measureItem', () => {
  test('gives a row in the documented form', async () => {
    const row = await measureItem(layer, environment, budget);
    expect(row).toEqual({
      id: 'conv',
      node: 'v20.0.0',
      browser: null,
      simd: expect.stringMatching(/^(base|relaxed)$/),
      threads: 1,
      clock: 'wall',
      batch: 2,
      macs: 2 * 3 * 3 * 9 * 3 * 3 * 5,
      ours: {
        ms: expect.any(Number),
        best: expect.any(Number),
        spread: expect.any(Number),
        kernel: expect.stringContaining('conv2d'),
        bytes: { steady: expect.any(Number), peak: expect.any(Number) },
        prepareMs: expect.any(Number),
      },
      peers: { 'tfjs-cpu f32': expect.any(Number), 'own w4': expect.any(Number) },
      peerSpreads: { 'tfjs-cpu f32': expect.any(Number), 'own w4': expect.any(Number) },
      peerBests: { 'tfjs-cpu f32': expect.any(Number), 'own w4': expect.any(Number) },
      ratios: { 'tfjs-cpu f32': expect.any(Number), 'own w4': expect.any(Number) },
      equality: {
        outputSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
        // Real numbers lie within half a step of what is rounded.
        peers: {
          'tfjs-cpu f32': { largestDifference: expect.any(Number), differingShare: 0, isSameClass: null },
        },
      },
    });
    expect(row?.equality.peers['tfjs-cpu f32'].largestDifference).toBeLessThanOrEqual(0.501);
    const ratio = (row?.peers['tfjs-cpu f32'] ?? 0) / (row?.ours.ms ?? 0);
    expect(row?.ratios['tfjs-cpu f32'] ?? 0).toBeCloseTo(ratio, -Math.floor(Math.log10(ratio)) + 1);
    expect(renderRows(row === undefined ? [] : [row])).toContain('tfjs-cpu f32');
  });

  test('takes a whole network, and the peer finds the same class', async () => {
    const graph = (): ReturnType<typeof alexNet> => alexNet({ size: 67, width: 1 / 16 });
    const row = await measureItem(
      { ...layer, id: 'net', batch: 1, scope: 'model', graph, own: {} },
      environment,
      budget,
    );
    expect(row?.equality.peers['tfjs-cpu f32'].isSameClass).toBe(true);
  });

  test('refuses to time what differs from the reference', async () => {
    const other = { ...environment, referenceSha256: () => Promise.resolve('other bytes') };
    await expect(measureItem(layer, other, budget)).rejects.toThrow('conv: our bytes differ');
  });

  test('has no row where ours has no backend', async () => {
    const other = { ...environment, openBackend: () => undefined };
    await expect(measureItem(layer, other, budget)).resolves.toBeUndefined();
  });
});

describe('comparePeer', () => {
  test('finds the largest difference, the share beyond rounding, and the class', () => {
    expect(comparePeer([1, 2, 3, 5], [1, 2.5, 5, 4], 4)).toEqual({
      largestDifference: 2,
      differingShare: 0.25,
      isSameClass: false,
    });
    expect(comparePeer([1, 2], [1, 2], null).isSameClass).toBeNull();
  });

  test('takes what is no number as a difference', () => {
    expect(comparePeer([1], [Number.NaN], null)).toEqual({
      largestDifference: NaN,
      differingShare: 1,
      isSameClass: null,
    });
  });
});

describe('sampleInterleaved', () => {
  test('lets every contender run in every round, each first in its turn', async () => {
    const order: string[] = [];
    const contender = (name: string): Contender => ({
      name,
      isComparable: false,
      run: () => Promise.resolve(order.push(name)),
      read: () => Promise.resolve([]),
      dispose: () => Promise.resolve(),
    });
    const samples = await sampleInterleaved(
      [contender('a'), contender('b')],
      {
        ...budget,
        minRounds: 4,
        maxRounds: 4,
      },
      () => performance.now(),
    );
    expect(samples.map(({ length }) => length)).toEqual([4, 4]);
    const turns = order.filter((name, index) => name !== order[index - 1]).join('');
    // Warming up a, b; then ab, ba, ab, ba.
    expect(turns).toBe('abababa');
  });
});

test('summarize gives the median and half the distance of the quartiles', () => {
  expect(summarize([5, 1, 2, 4, 3])).toEqual({ ms: 3, best: 1, spread: 0.3333 });
});

test('engineName tells engine, instructions and threads', () => {
  const row = { node: 'v24.1.0', browser: null, simd: 'relaxed', threads: 2 } as Parameters<
    typeof engineName
  >[0];
  expect(engineName(row)).toBe('Node 24 relaxed 2T');
});
