import { markdownTable } from './markdownTable.js';
import { engineName } from './renderRows.js';
import type { BenchmarkRow } from './row.js';

/** How cost grows with size, batch and threads, of ours and of the peers beside it. */
export function growthTables(rows: readonly BenchmarkRow[]): string {
  const single = rows.filter(({ threads, node }) => threads === 1 && node !== null);
  const [tfjs, ort] = ['tfjs-wasm f32', 'onnxruntime-web u8'] as const;
  const rates = (row: BenchmarkRow): string[] =>
    [row.ours.ms, row.peers[tfjs], row.peers[ort]].map((ms) => (row.macs / ms / 1e6).toFixed(1));
  const perImage = (row: BenchmarkRow): string[] =>
    [row.ours.ms, row.peers[tfjs], row.peers[ort]].map((ms) => (ms / row.batch).toPrecision(3));
  const pick = (ids: RegExp): BenchmarkRow[] => single.filter((row) => ids.test(row.id) && tfjs in row.peers);
  const list = (found: readonly BenchmarkRow[], cells: (row: BenchmarkRow) => string[]): string =>
    markdownTable(
      ['work', 'engine', 'ours', tfjs, ort],
      found.map((row) => [row.id, engineName(row), ...cells(row)]),
    );
  const threaded = rows.filter((row) => 'own 1 thread' in row.ratios);
  return [
    `GMAC/s by size:\n\n${list(pick(/^(gemm\/\d+|conv3x3\/.*s1)$/), rates)}`,
    `Milliseconds an image by batch:\n\n${list(pick(/^(alexnet|alexnet\/fc6|cifar-alexnet\/w\da\d)\/b\d+$/), perImage)}`,
    threaded.length === 0
      ? 'Threads: not measured.\n'
      : `Two threads over one:\n\n${markdownTable(
          ['work', 'engine', 'ours ms', 'one thread ms', 'ratio'],
          threaded.map((row) => [
            row.id,
            engineName(row),
            row.ours.ms.toPrecision(3),
            row.peers['own 1 thread'].toPrecision(3),
            `${row.ratios['own 1 thread'].toFixed(2)}x`,
          ]),
        )}`,
  ].join('\n');
}
