import { describe, expect, test } from '@jest/globals';
import { mergeRows, type BenchmarkFile } from '../src/report/benchmarkFile.js';
import { goals, keeps } from '../src/report/goals.js';
import { performancePage } from '../src/report/performancePage.js';
import type { BenchmarkRow } from '../src/report/row.js';
import { workList } from '../src/work/workList.js';

function row(
  id: string,
  peers: Readonly<Record<string, number>>,
  part: Partial<BenchmarkRow> = {},
): BenchmarkRow {
  return {
    id,
    node: 'v20.1.0',
    browser: null,
    simd: 'base',
    threads: 1,
    clock: 'wall',
    batch: 1,
    macs: 1e9,
    ours: { ms: 10, best: 10, spread: 0.01, kernel: 'k', bytes: { steady: 1, peak: 2 }, prepareMs: 30 },
    peers,
    peerSpreads: {},
    peerBests: peers,
    ratios: Object.fromEntries(Object.entries(peers).map(([name, ms]) => [name, ms / 10])),
    equality: { outputSha256: '', peers: {} },
    ...part,
  };
}

function file(...rows: readonly BenchmarkRow[]): BenchmarkFile {
  return { machine: { cpu: 'a processor', cores: 2 }, sizes: [], rows };
}

describe('goals', () => {
  test('look for work that the list has', () => {
    const rows = workList().flatMap(({ id, own = {}, peers }) => {
      const names = [...peers, ...Object.keys(own), 'engine roof', 'engine roof relaxed', 'own 1 thread'];
      const all = Object.fromEntries(names.map((name) => [name, 1]));
      return [
        row(id, all),
        row(id, all, { simd: 'relaxed' }),
        row(id, all, { threads: 2 }),
        row(id, all, { node: null, browser: 'Chromium 1' }),
      ];
    });
    const sizes = [{ name: 'ours: wasmBackend (kernels and emitter)', bytes: 3, gzipBytes: 2 }];
    const empty = goals.filter((goal) => goal.figures({ ...file(...rows), sizes }).length === 0);
    expect(empty.map(({ name }) => name)).toEqual([]);
  });

  test('take the least favorable figure of each engine, and the bound of its instructions', () => {
    const goal = goals.find(({ name }) => name === 'AlexNet over tfjs-wasm f32');
    if (goal === undefined) throw new Error('no such goal');
    const relaxed = { node: 'v24.1.0', simd: 'relaxed' } as const;
    const figures = goal.figures(
      file(row('alexnet/b1', { 'tfjs-wasm f32': 57 }), row('alexnet/b1', { 'tfjs-wasm f32': 57 }, relaxed)),
    );
    expect(figures.map(({ engine, value }) => [engine, value])).toEqual([
      ['Node 20 base', 5.7],
      ['Node 24 relaxed', 5.7],
    ]);
    expect(figures.map((figure) => keeps(goal, goal.must, figure))).toEqual([true, false]);
    const convolutions = goals.find(({ name }) => name.startsWith("AlexNet's convolutions"));
    const slow = row('alexnet/conv2/b1', { 'onnxruntime-web u8': 20 });
    const fast = row('alexnet/conv1/b1', { 'onnxruntime-web u8': 30 });
    expect(convolutions?.figures(file(fast, slow, fast))).toMatchObject([
      { value: 2, id: 'alexnet/conv2/b1' },
    ]);
  });
});

describe('the page', () => {
  test('names every loss, what was reached, and nothing that was not measured', () => {
    const page = performancePage(
      file(
        row('alexnet/b1', { 'tfjs-wasm f32': 57, 'onnxruntime-web u8': 40, 'onnxruntime-node u8': 8 }),
        row('add/14x14x256', { 'tfjs-wasm f32': 5 }),
      ),
    );
    expect(page).toContain(
      '| AlexNet over tfjs-wasm f32 | Node 20 base | 5.50x | 8.00x | 5.70x (alexnet/b1) | yes | no |',
    );
    expect(page).toContain('| add/14x14x256 | Node 20 base | tfjs-wasm f32 | 10.0 | 5.00 | 0.50x |');
    expect(page).toContain('Native onnxruntime is faster in 1 of 1 measurements.');
    expect(page).toContain('| AlexNet over LiteRT.js int8 |  |  |  | not measured |  |  |');
    expect(page).not.toContain('NaN');
    expect(page).not.toContain('undefined');
  });
});

describe('mergeRows', () => {
  test('replaces rows of the same work in the same engine, and keeps the others', () => {
    const old = [row('a', { x: 1 }), row('b', { x: 1 }), row('a', { x: 1 }, { threads: 2 })];
    const fresh = [row('a', { x: 2 }, { node: 'v20.9.9' }), row('a', { x: 3 }, { node: 'v24.0.0' })];
    expect(
      mergeRows(old, fresh).map(({ id, node, threads, peers }) => [id, node, threads, peers['x']]),
    ).toEqual([
      ['a', 'v20.9.9', 1, 2],
      ['b', 'v20.1.0', 1, 1],
      ['a', 'v20.1.0', 2, 1],
      ['a', 'v24.0.0', 1, 3],
    ]);
  });
});

describe('performancePage', () => {
  test('says by which clock its rows were timed', () => {
    const page = (...clocks: readonly BenchmarkRow['clock'][]): string =>
      performancePage(file(...clocks.map((clock, index) => row(`gemm/${index}`, {}, { clock }))));
    expect(page('wall', 'wall')).toContain('; time on the clock, medians');
    expect(page('cpu', 'cpu')).toContain('; processor time, medians');
    expect(page('cpu', 'wall')).toContain('in the browser, and for gemm/1, medians');
  });
});
