import { roofNames } from '../contenders/engineRoof.js';
import { engineName } from './renderRows.js';
import { ourKernels } from './downloadSizes.js';
import type { BenchmarkFile } from './benchmarkFile.js';
import type { BenchmarkRow } from './row.js';

/** What the kernels are to reach. */
export interface Goal {
  readonly name: string;
  /** `more`: at least so much; `less`: at most. */
  readonly direction: 'more' | 'less';
  readonly unit: 'times' | 'percent' | 'kB' | 'ms';
  readonly must: Bound;
  readonly aim: Bound;
  /** The figures of all engines that have been measured; none where the work was not. */
  readonly figures: (file: BenchmarkFile) => readonly Figure[];
}

/** One bound, or one for each kind of engine. */
type Bound = number | { readonly base: number; readonly relaxed: number };

/** The least favorable figure of a goal in one engine. */
export interface Figure {
  readonly engine: string;
  readonly simd: BenchmarkRow['simd'];
  readonly value: number;
  /** The work that it comes from. */
  readonly id: string;
}

/** The bound that holds for a figure. */
export function boundFor(bound: Bound, { simd }: Figure): number {
  return typeof bound === 'number' ? bound : bound[simd];
}

/** Whether a figure keeps a bound. */
export function keeps({ direction }: Goal, bound: Bound, figure: Figure): boolean {
  const limit = boundFor(bound, figure);
  return direction === 'more' ? figure.value >= limit : figure.value <= limit;
}

interface RatioGoal {
  readonly name: string;
  readonly ids: RegExp;
  readonly peer: string;
  readonly must: Bound;
  readonly aim: Bound;
  readonly where?: (row: BenchmarkRow) => boolean;
  readonly unit?: 'times' | 'percent';
}

const inNode = ({ node, threads }: BenchmarkRow): boolean => node !== null && threads === 1;
const inBrowser = ({ browser, threads }: BenchmarkRow): boolean => browser !== null && threads === 1;
const inRelaxedNode = (row: BenchmarkRow): boolean => inNode(row) && row.simd === 'relaxed';
const onTwoThreads = ({ threads }: BenchmarkRow): boolean => threads === 2;

/** A goal for a ratio over some work; the smallest counts. */
function ratio({ ids, peer, where = inNode, unit = 'times', ...rest }: RatioGoal): Goal {
  return {
    ...rest,
    unit,
    direction: 'more',
    figures: ({ rows }) =>
      worstPerEngine(
        rows.filter((row) => where(row) && ids.test(row.id) && peer in row.ratios),
        // Shares of a roof compare the fastest rounds: both are bound by instructions alone.
        (row) => (unit === 'percent' ? row.peerBests[peer] / row.ours.best : row.ratios[peer]),
        Math.min,
      ),
  };
}

function worstPerEngine(
  rows: readonly BenchmarkRow[],
  value: (row: BenchmarkRow) => number,
  worst: (a: number, b: number) => number,
): Figure[] {
  const figures = new Map<string, Figure>();
  for (const row of rows) {
    const figure = { engine: engineName(row), simd: row.simd, value: value(row), id: row.id };
    const known = figures.get(figure.engine);
    if (known === undefined || worst(known.value, figure.value) !== known.value)
      figures.set(figure.engine, figure);
  }
  return [...figures.values()];
}

/** A goal for the time from a graph to a model that can run. */
function preparing({ name, ids, must }: Pick<RatioGoal, 'name' | 'ids'> & { readonly must: number }): Goal {
  return {
    name,
    direction: 'less',
    unit: 'ms',
    must,
    aim: must,
    figures: ({ rows }) =>
      worstPerEngine(
        rows.filter((row) => inNode(row) && ids.test(row.id)),
        ({ ours }) => ours.prepareMs,
        Math.max,
      ),
  };
}

const [tfjs, ortFloat, ort, ortNode, liteRt] = [
  'tfjs-wasm f32',
  'onnxruntime-web f32',
  'onnxruntime-web u8',
  'onnxruntime-node u8',
  'LiteRT.js i8',
] as const;
const alexNet = /^alexnet\/b1$/;

/** Everything that was promised, in order. One thread, unless said otherwise. */
export const goals: readonly Goal[] = [
  ratio({
    name: 'AlexNet over tfjs-wasm f32',
    ids: alexNet,
    peer: tfjs,
    must: { base: 5.5, relaxed: 6 },
    aim: 8,
  }),
  ratio({ name: 'AlexNet over onnxruntime-web uint8', ids: alexNet, peer: ort, must: 4, aim: 5 }),
  ratio({ name: 'AlexNet over onnxruntime-web f32', ids: alexNet, peer: ortFloat, must: 5.5, aim: 8 }),
  ratio({
    name: 'AlexNet over LiteRT.js int8',
    ids: alexNet,
    peer: liteRt,
    must: 2.9,
    aim: 4,
    where: inBrowser,
  }),
  ratio({
    name: 'AlexNet over native onnxruntime int8',
    ids: alexNet,
    peer: ortNode,
    must: { base: 1 / 1.4, relaxed: 1 / 1.25 },
    aim: 1,
  }),
  ratio({
    name: 'AlexNet, batch 8, over onnxruntime-web uint8',
    ids: /^alexnet\/b8$/,
    peer: ort,
    must: 2.3,
    aim: 3,
  }),
  ratio({
    name: "AlexNet's convolutions over onnxruntime-web uint8",
    ids: /^alexnet\/conv\d\/b1$/,
    peer: ort,
    must: 2.2,
    aim: 3,
  }),
  ratio({
    name: 'Other 3x3 convolutions over onnxruntime-web uint8',
    ids: /^conv3x3\//,
    peer: ort,
    must: 2.2,
    aim: 3,
  }),
  ratio({
    name: 'Product 1024 of the roof of fixed-width instructions',
    ids: /^gemm\/1024/,
    peer: roofNames.base,
    unit: 'percent',
    must: 0.88,
    aim: 0.95,
    where: (row) => inNode(row) && row.simd === 'base',
  }),
  ratio({
    name: 'Product 1024 of the roof of relaxed instructions',
    ids: /^gemm\/1024\/w8a7/,
    peer: roofNames.relaxed,
    unit: 'percent',
    must: 0.88,
    aim: 0.95,
    where: inRelaxedNode,
  }),
  ratio({
    name: 'Product 1024 over onnxruntime-web uint8',
    ids: /^gemm\/1024$/,
    peer: ort,
    must: { base: 1.2, relaxed: 1.5 },
    aim: 2.5,
  }),
  ratio({
    name: 'MobileNetV2 over onnxruntime-web uint8',
    ids: /^mobilenetv2\/b1$/,
    peer: ort,
    must: 2,
    aim: 3,
  }),
  ratio({ name: 'ResNet-18 over onnxruntime-web uint8', ids: /^resnet18\/b1$/, peer: ort, must: 2, aim: 3 }),
  ratio({ name: 'Depthwise over tfjs-wasm f32', ids: /^depthwise\//, peer: tfjs, must: 2, aim: 4 }),
  ratio({
    name: 'Pooling, add, concat, average over tfjs-wasm f32',
    ids: /^(pool|add|concat|global-average)\//,
    peer: tfjs,
    must: 1,
    aim: 2,
  }),
  ...([8, 4, 2] as const).map((bits) =>
    ratio({
      name: `Dense 9216x4096, batch 1, W${bits}, over tfjs-wasm f32`,
      ids: bits === 8 ? /^alexnet\/fc6\/b1$/ : new RegExp(`^alexnet/fc6-w${bits}/b1$`),
      peer: tfjs,
      must: { 8: 3, 4: 6, 2: 7 }[bits],
      aim: { 8: 4.5, 4: 8, 2: 9 }[bits],
      where: inRelaxedNode,
    }),
  ),
  ratio({
    name: 'Product W4A4 over own W8A7',
    ids: /^gemm\/512\/w4a4$/,
    peer: 'own w8a7',
    must: 1.5,
    aim: 1.9,
  }),
  ratio({
    name: 'Reference TypeScript over tfjs-cpu, AlexNet',
    ids: /^alexnet\/typescript\/b1$/,
    peer: 'tfjs-cpu f32',
    must: 1,
    aim: 1.5,
  }),
  ratio({
    name: 'Fast TypeScript over tfjs-cpu, AlexNet',
    ids: /^alexnet\/fast-typescript\/b1$/,
    peer: 'tfjs-cpu f32',
    must: 3,
    aim: 8,
  }),
  ratio({
    name: 'Two threads over one, AlexNet',
    ids: alexNet,
    peer: 'own 1 thread',
    must: 1.7,
    aim: 1.95,
    where: onTwoThreads,
  }),
  preparing({ name: 'Preparing AlexNet', ids: alexNet, must: 400 }),
  preparing({ name: 'Preparing InceptionV3, 94 convolutions', ids: /^inceptionv3\/b1$/, must: 1000 }),
  {
    name: 'Kernels and emitter, gzipped',
    direction: 'less',
    unit: 'kB',
    must: 15,
    aim: 8,
    figures: ({ sizes }) =>
      sizes
        .filter(({ name }) => name === ourKernels)
        .map(({ name, gzipBytes }) => ({ engine: '', simd: 'base', value: gzipBytes / 1000, id: name })),
  },
];
