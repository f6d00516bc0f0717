import type { ImagenetFile, LatencyRow } from './imagenetFile.js';
import { markdownTable } from './markdownTable.js';

/** Models by engines. */
export function digestTable({ digests: { models, outcomes } }: ImagenetFile): string {
  const engines = [...new Set(outcomes.map(({ engine }) => engine))];
  const rows = models.map(({ name, logitsSha256 }) => [
    name,
    ...engines.map((engine) => {
      const own = outcomes.filter((outcome) => outcome.engine === engine && outcome.model === name);
      return `${own.filter(({ failure }) => failure === undefined).length} of ${own.length}`;
    }),
    `\`${logitsSha256.slice(0, 16)}\``,
  ]);
  return markdownTable(['model', ...engines, 'SHA-256 of the logits, its first 16 digits'], rows);
}

/** Both memory modes, on the first engine. */
export function memoryTable({ digests: { models, outcomes } }: ImagenetFile): string {
  const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);
  const rows = models.flatMap(({ name, bytes }) =>
    (['', ', batch 8'] as const).map((batch) => {
      const memoryOf = (way: string) =>
        outcomes.find((outcome) => outcome.model === name && outcome.way === way)?.memory;
      const [fast, small] = [memoryOf(`wasm${batch}`), memoryOf(`wasm, small${batch}`)];
      if (fast === undefined || small === undefined) throw new Error(`got no memory of ${name}`);
      return [
        `${name}${batch}`,
        megabytes(bytes),
        megabytes(fast.steadyBytes),
        megabytes(fast.peakBytes),
        megabytes(small.steadyBytes),
        megabytes(small.peakBytes),
        ((small.steadyBytes - small.activationBytes) / bytes).toFixed(2),
      ];
    }),
  );
  return markdownTable(
    ['model', 'file', 'fast', 'fast, loading', 'small', 'small, loading', 'small over file'],
    rows,
  );
}

const settings = [
  ['W8A8', 'alexnet'],
  ['W4A4', 'alexnet/w4a4'],
  ['W2A4', 'alexnet/w2a4'],
] as const;

/** Whole networks, batch 1 and 8, by engine. */
export function latencyTable(rows: readonly LatencyRow[]): string {
  const engineOf = ({ node, browser, simd }: LatencyRow): string =>
    `${node === null ? (browser ?? '') : `Node ${node.replace(/^v|\..*$/g, '')}`} ${simd}`;
  const used = rows.filter(
    ({ id, threads }) => threads === 1 && settings.some(([, own]) => [`${own}/b1`, `${own}/b8`].includes(id)),
  );
  const engines = [...new Set(used.map(engineOf))];
  const cells = settings.flatMap(([name, own]) =>
    [1, 8].map((batch) => [
      `${name}, batch ${batch}`,
      ...engines.map((engine) => {
        const row = used.find((one) => one.id === `${own}/b${batch}` && engineOf(one) === engine);
        return row === undefined ? '' : row.ours.ms.toFixed(1);
      }),
    ]),
  );
  return markdownTable(['setting', ...engines], cells);
}
