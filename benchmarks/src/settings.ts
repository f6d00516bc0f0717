import { parseArgs } from 'node:util';
import type { WasmBackendOptions } from '@bnfree/integer-kernels';
import type { SamplingBudget } from './measure/sampleInterleaved.js';
import { workList } from './work/workList.js';
import type { WorkItem } from './work/workItem.js';

/** What a run of the benchmark is to do. */
export interface Settings {
  readonly action: 'measure' | 'list' | 'help';
  readonly items: readonly WorkItem[];
  /** Major versions of Node. */
  readonly nodes: readonly number[];
  readonly browser: 'yes' | 'no' | 'only';
  readonly threads: readonly number[];
  readonly budget: SamplingBudget;
  /** Parts of the names of peers; undefined means all. */
  readonly peers: readonly string[] | undefined;
  /** For all of ours that run on the wasm backend. */
  readonly options: WasmBackendOptions;
  /** What the printed table shows; the JSON file has both. */
  readonly figure: 'median' | 'best';
  readonly clock: 'wall' | 'cpu';
  readonly jsonFile: string | undefined;
  /** Rows of the file that are not measured now stay in it. */
  readonly isMerged: boolean;
}

/** Major version of the Node that runs. */
export const ownNode = Number(process.versions.node.split('.')[0]);

export const usage = `pnpm -s bench [options]
  --quick          the most telling work, short measurements: a few minutes
  --only PATTERN   work whose id contains PATTERN or matches it as a regular expression, part of the quick run or not
  --node LIST      major versions of Node, of ${ownNode} (this one) and 24; default both
  --browser WHEN   yes, no or only: measures in headless Chromium as well; default yes, with --quick no
  --threads LIST   default 1,2; with --quick or --clock cpu 1
  --peers LIST     parts of the names of peers to measure beside, such as tfjs,web; default all
  --memory WHICH   fast or small: the option of wasmBackend()
  --relaxed WHICH  yes or no: no keeps wasmBackend() from relaxed SIMD
  --kernels LIST   kernels that wasmBackend() takes wherever they fit
  --best           prints the fastest rounds instead of medians: for a busy machine
  --clock WHICH    wall or cpu: cpu counts the time that the process had the processor, for a busy machine; Node alone
  --json FILE      writes the rows to FILE
  --merge          keeps what FILE has of other work and engines
  --list           prints the ids
`;

const budgets = {
  quick: { roundsMs: 1000, minRounds: 5, maxRounds: 31, warmUpMs: 250 },
  full: { roundsMs: 4000, minRounds: 7, maxRounds: 61, warmUpMs: 500 },
} as const satisfies Record<string, SamplingBudget>;

/** Reads the command line. Throws with one plain line where it is wrong. */
export function readSettings(args: readonly string[]): Settings {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      node: { type: 'string' },
      browser: { type: 'string' },
      threads: { type: 'string' },
      peers: { type: 'string' },
      memory: { type: 'string' },
      relaxed: { type: 'string' },
      kernels: { type: 'string' },
      best: { type: 'boolean', default: false },
      clock: { type: 'string', default: 'wall' },
      json: { type: 'string' },
      merge: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const { quick, only } = values;
  const clock = oneOf(values.clock, '--clock', ['wall', 'cpu']);
  const threads = integers(values.threads ?? (quick || clock === 'cpu' ? '1' : '1,2'), '--threads');
  if (clock === 'cpu' && threads.some((count) => count > 1)) {
    throw new Error('--clock cpu adds the time of all threads: write --threads 1');
  }
  return {
    action: values.help ? 'help' : values.list ? 'list' : 'measure',
    items: chooseItems(quick, only),
    nodes: values.node === undefined ? [...new Set([ownNode, 24])] : integers(values.node, '--node'),
    browser: oneOf(values.browser ?? (quick ? 'no' : 'yes'), '--browser', ['yes', 'no', 'only']),
    threads,
    budget: quick ? budgets.quick : budgets.full,
    peers: values.peers?.split(','),
    options: {
      ...(values.memory === undefined ? {} : { memory: oneOf(values.memory, '--memory', ['fast', 'small']) }),
      ...(oneOf(values.relaxed ?? 'yes', '--relaxed', ['yes', 'no']) === 'no' ? { relaxedSimd: false } : {}),
      ...(values.kernels === undefined ? {} : { kernels: values.kernels.split(',') }),
    },
    figure: values.best ? 'best' : 'median',
    clock,
    jsonFile: values.json,
    isMerged: values.merge,
  };
}

/** A pattern is a choice: it finds work outside of the quick run, too. */
function chooseItems(isQuick: boolean, pattern: string | undefined): WorkItem[] {
  if (pattern === undefined) return workList().filter((item) => item.isQuick || !isQuick);
  const expression = expressionOf(pattern);
  const found = workList().filter(({ id }) => id.includes(pattern) || expression?.test(id) === true);
  if (found.length > 0) return found;
  throw new Error(`--only: got "${pattern}", expected a part of an id; --list prints all`);
}

function expressionOf(pattern: string): RegExp | undefined {
  try {
    return new RegExp(pattern);
  } catch {
    return undefined;
  }
}

function integers(text: string, option: string): number[] {
  const numbers = text.split(',').map(Number);
  if (numbers.every((value) => Number.isInteger(value) && value > 0)) return numbers;
  throw new Error(`${option}: got "${text}", expected whole numbers with commas between, such as 1,2`);
}

function oneOf<Value extends string>(text: string, option: string, values: readonly Value[]): Value {
  const found = values.find((value) => value === text);
  if (found !== undefined) return found;
  throw new Error(`${option}: got "${text}", expected ${values.join(', ')}`);
}
