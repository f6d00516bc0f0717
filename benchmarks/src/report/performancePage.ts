import { peerNames } from '../work/workItem.js';
import type { BenchmarkFile } from './benchmarkFile.js';
import { boundFor, goals, keeps, type Figure, type Goal } from './goals.js';
import { growthTables } from './growthTables.js';
import { markdownTable } from './markdownTable.js';
import { engineName } from './renderRows.js';
import type { BenchmarkRow } from './row.js';

/** docs/performance.md from what was measured. */
export function performancePage(file: BenchmarkFile): string {
  const engines = [...new Set(file.rows.map(engineName))];
  const sections = groups.flatMap(({ title, has }) =>
    engines.map((engine) => {
      const rows = file.rows.filter((row) => engineName(row) === engine && has(row.id));
      return rows.length === 0 ? '' : `### ${title}: ${engine}\n\n${resultTable(rows)}\n`;
    }),
  );
  return [
    introduction(file),
    `## Goals\n\nThe least favorable figure of each engine counts.\n\n${goalTable(file)}`,
    `## Where ours is slower\n\n${losses(file.rows)}`,
    `## Growth\n\n${growthTables(file.rows)}`,
    `## Download\n\n${sizeTable(file)}\n${aboutSize}\n`,
    `## Equality\n\n${equality(file.rows)}`,
    `## All results\n\n${sections.join('')}`.trimEnd(),
  ].join('\n');
}

const layers = /^alexnet\/(conv|fc)/;
const groups: readonly { readonly title: string; readonly has: (id: string) => boolean }[] = [
  {
    title: 'Networks',
    has: (id) => /^(alexnet|mobilenetv2|resnet18|cifar-alexnet)\//.test(id) && !layers.test(id),
  },
  { title: "AlexNet's layers", has: (id) => layers.test(id) },
  { title: 'Products', has: (id) => id.startsWith('gemm/') },
  { title: 'Convolutions', has: (id) => /^(pointwise|depthwise|conv3x3)\//.test(id) },
  {
    title: 'Pooling, add, concat, average',
    has: (id) => /^(pool|add|concat|global-average)\//.test(id),
  },
];

/** Why the goal stays out of reach; it was set when there were two kernels. */
const aboutSize = [
  'The goal of 15 kB is missed, and stays so: it was set by a prototype of two kernels in 7 kB. Twelve ops with all their requantizations,',
  'Winograd, dense layers of packed weights, products of low bits, relaxed and shared-memory forms and the checks of every op take four',
  'times as much. It is one download all the same: the families that one model needs are known after its file has been read, and',
  'fetching them then would put a second wait before the first result, and keep CommonJS and single-file bundles out.',
].join('\n');

function introduction({ machine, rows }: BenchmarkFile): string {
  const engines = [
    ...new Set(rows.map(({ node, browser }) => (node === null ? (browser ?? '') : `Node ${node}`))),
  ];
  const time = clockText(rows);
  return `# Performance

Written by \`pnpm -s bench:page\` from [performance.json](performance.json), never by hand; \`pnpm -s bench --json docs/performance.json\`
measures again. [The benchmark](../benchmarks/README.md) says what is compared and how.

Machine: ${machine.cpu}, ${machine.cores} cores; ${engines.join(', ')}; ${time}, medians. "Nx" is peer over ours: above 1 ours is faster. "base" is
fixed-width SIMD, "relaxed" an engine with relaxed SIMD; "2T" is two threads. f32, u8 and i8 are what a peer computes in. onnxruntime-node is
native code, for scale.
`;
}

/** Which rows were timed by which clock. */
function clockText(rows: BenchmarkFile['rows']): string {
  const isWall = ({ clock }: BenchmarkFile['rows'][number]): boolean => clock === 'wall';
  if (rows.every(isWall)) return 'time on the clock';
  if (!rows.some(isWall)) return 'processor time';
  const alone = rows.filter((row) => isWall(row) && row.browser === null && row.threads === 1);
  const rest = 'time on the clock with two threads and in the browser';
  return `processor time, but ${rest}${alone.map(({ id }) => `, and for ${id}`).join('')}`;
}

function goalTable(file: BenchmarkFile): string {
  const rows = goals.flatMap((goal) => {
    const figures = goal.figures(file);
    if (figures.length === 0) return [[goal.name, '', '', '', 'not measured', '', '']];
    return figures.map((figure) => goalRow(goal, figure));
  });
  return markdownTable(['goal', 'engine', 'must', 'aim', 'reached', 'must kept', 'aim kept'], rows);
}

function goalRow(goal: Goal, figure: Figure): string[] {
  const show = (value: number): string => {
    if (goal.unit === 'percent') return `${(value * 100).toFixed(0)} %`;
    return goal.unit === 'times' ? `${value.toFixed(2)}x` : `${value.toFixed(1)} ${goal.unit}`;
  };
  const yes = (isKept: boolean): string => (isKept ? 'yes' : 'no');
  return [
    goal.name,
    figure.engine,
    show(boundFor(goal.must, figure)),
    show(boundFor(goal.aim, figure)),
    `${show(figure.value)} (${figure.id})`,
    yes(keeps(goal, goal.must, figure)),
    yes(keeps(goal, goal.aim, figure)),
  ];
}

/** Every work that a peer that is no native code does faster. */
function losses(rows: readonly BenchmarkRow[]): string {
  const found = rows.flatMap((row) =>
    peerNames
      .filter((peer) => peer !== 'onnxruntime-node u8' && row.ratios[peer] < 1)
      .map((peer) => ({ row, peer, ratio: row.ratios[peer] })),
  );
  const native = rows.filter((row) => 'onnxruntime-node u8' in row.ratios);
  const slower = native.filter((row) => row.ratios['onnxruntime-node u8'] < 1).length;
  const sentence = `Native onnxruntime is faster in ${slower} of ${native.length} measurements.\n`;
  if (found.length === 0) return `No peer that runs in a browser is faster in any measurement. ${sentence}`;
  const table = markdownTable(
    ['work', 'engine', 'peer', 'ours ms', 'peer ms', 'ratio'],
    found
      .sort((a, b) => a.ratio - b.ratio)
      .map(({ row, peer, ratio }) => [
        row.id,
        engineName(row),
        peer,
        milliseconds(row.ours.ms),
        milliseconds(row.peers[peer]),
        `${ratio.toFixed(2)}x`,
      ]),
  );
  return `${table}\n${sentence}`;
}

function sizeTable({ sizes }: BenchmarkFile): string {
  const kilobytes = (bytes: number): string => (bytes / 1000).toFixed(1);
  return markdownTable(
    ['part', 'kB', 'kB gzipped'],
    sizes.map(({ name, bytes, gzipBytes }) => [name, kilobytes(bytes), kilobytes(gzipBytes)]),
  );
}

/** How far results of peers are from ours. */
function equality(rows: readonly BenchmarkRow[]): string {
  const table = peerNames.flatMap((peer) => {
    const found = rows.flatMap(({ id, equality: { peers } }) =>
      peer in peers ? [{ id, ...peers[peer] }] : [],
    );
    if (found.length === 0) return [];
    const worst = found.reduce((a, b) => (b.differingShare > a.differingShare ? b : a));
    const classes = found.filter(({ isSameClass }) => isSameClass !== null);
    return [
      [
        peer,
        `${found.length}`,
        `${found.filter(({ largestDifference }) => largestDifference <= 1).length}`,
        `${(worst.differingShare * 100).toFixed(2)} % (${worst.id})`,
        `${classes.filter(({ isSameClass }) => isSameClass === true).length} of ${classes.length}`,
      ],
    ];
  });
  return `Before anything was timed, the bytes of all ${rows.length} measurements were equal to those of the TypeScript reference. Peers round
otherwise, or not at all:

${markdownTable(['peer', 'compared', 'within one step', 'largest share beyond one step', 'same class'], table)}`;
}

function resultTable(rows: readonly BenchmarkRow[]): string {
  const peers = [...new Set(rows.flatMap(({ ratios }) => Object.keys(ratios)))];
  const header = ['work', 'ms', '+-', 'GMAC/s', 'images/s', 'MB', 'MB peak', ...peers, 'kernel'];
  const isNetwork = rows.some(({ id }) => /\/b\d+$/.test(id) && !/(conv|fc)\d/.test(id));
  return markdownTable(
    isNetwork ? header : header.filter((name) => name !== 'images/s'),
    rows.map((row) => {
      const { ours, macs, batch } = row;
      const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(bytes < 1e6 ? 2 : 1);
      return [
        row.id,
        milliseconds(ours.ms),
        `${(ours.spread * 100).toFixed(0)} %`,
        macs === 0 ? '' : (macs / ours.ms / 1e6).toFixed(1),
        ...(isNetwork ? [((batch * 1000) / ours.ms).toFixed(0)] : []),
        megabytes(ours.bytes.steady),
        megabytes(ours.bytes.peak),
        ...peers.map((peer) =>
          peer in row.ratios ? `${milliseconds(row.peers[peer])} (${row.ratios[peer].toFixed(2)}x)` : '',
        ),
        ours.kernel,
      ];
    }),
  );
}

/** Three digits. */
export function milliseconds(ms: number): string {
  return ms >= 1000 ? ms.toFixed(0) : ms.toPrecision(3);
}
