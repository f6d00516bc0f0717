import { parseArgs } from 'node:util';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { SamplingBudget } from './measure/sampleInterleaved.js';
import { workList } from './work/workList.js';
import type { WorkItem } from './work/workItem.js';

/** What a run of the benchmark is to do. */
export interface Settings {
  readonly items: readonly WorkItem[];
  readonly engines: readonly NodeEngine[];
  readonly threads: readonly number[];
  readonly budget: SamplingBudget;
  readonly jsonFile: string | undefined;
  readonly notes: readonly string[];
}

/** A Node to measure under. */
export interface NodeEngine {
  readonly name: string;
  readonly path: string;
}

export const usage = `pnpm -s bench [options]
  --quick          the most telling work, short measurements: a few minutes
  --only PATTERN   work whose id contains PATTERN, or matches it as a regular expression
  --node LIST      versions of Node, of ${process.versions.node.split('.')[0]} (this one) and 24; default both
  --threads LIST   default 1,2; with --quick 1
  --json FILE      writes the rows to FILE
  --list           prints the ids
`;

const budgets = {
  quick: { roundsMs: 1500, minRounds: 5, maxRounds: 31, warmUpMs: 150 },
  full: { roundsMs: 6000, minRounds: 7, maxRounds: 61, warmUpMs: 400 },
} as const satisfies Record<string, SamplingBudget>;

/** Reads the command line. Throws with one plain line where it is wrong. */
export function readSettings(
  args: readonly string[],
): Settings & { readonly isList: boolean; readonly isHelp: boolean } {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      node: { type: 'string' },
      threads: { type: 'string' },
      json: { type: 'string' },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const matches = matcher(values.only);
  // A pattern is a choice: it finds work outside of the quick run, too.
  const items = workList().filter(({ id, isQuick }) =>
    values.only === undefined ? isQuick || !values.quick : matches(id),
  );
  if (items.length === 0)
    throw new Error(`--only ${values.only ?? ''}: no work has such an id; --list prints all`);
  const { engines, notes } = findEngines(values.node);
  return {
    items,
    engines,
    notes,
    threads: integers(values.threads ?? (values.quick ? '1' : '1,2'), '--threads'),
    budget: values.quick ? budgets.quick : budgets.full,
    jsonFile: values.json,
    isList: values.list,
    isHelp: values.help,
  };
}

function matcher(pattern: string | undefined): (id: string) => boolean {
  if (pattern === undefined) return () => true;
  let expression: RegExp | undefined;
  try {
    expression = new RegExp(pattern);
  } catch {
    // Not an expression: a part of the id.
  }
  return (id) => id.includes(pattern) || expression?.test(id) === true;
}

function findEngines(list: string | undefined): { engines: NodeEngine[]; notes: string[] } {
  const own = Number(process.versions.node.split('.')[0]);
  const asked = list === undefined ? [...new Set([own, 24])] : integers(list, '--node');
  const notes: string[] = [];
  const engines = asked.flatMap((major): NodeEngine[] => {
    if (major === own) return [{ name: `Node ${process.versions.node}`, path: process.execPath }];
    const path = major === 24 ? node24Path() : undefined;
    if (path !== undefined) return [{ name: 'Node 24', path }];
    notes.push(
      `Node ${major} is left out: it comes with the package node-${major}, on linux-x64 and for 24 alone`,
    );
    return [];
  });
  return { engines, notes };
}

/** Node 24 from npm, an optional dependency for linux-x64. */
function node24Path(): string | undefined {
  try {
    const manifest = createRequire(import.meta.url).resolve('node-24/package.json');
    const path = join(dirname(manifest), 'bin/node');
    return existsSync(path) ? path : undefined;
  } catch {
    return undefined;
  }
}

function integers(text: string, option: string): number[] {
  const numbers = text.split(',').map(Number);
  if (numbers.every((value) => Number.isInteger(value) && value > 0)) return numbers;
  throw new Error(`${option}: got "${text}", expected whole numbers with commas between, such as 1,2`);
}
