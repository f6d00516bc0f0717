import { parseArgs } from 'node:util';
import type { FuzzOrder } from './fuzzGraphs.js';

/** What a run of the command is to do. */
export interface Settings extends FuzzOrder {
  readonly isHelp: boolean;
  readonly isJson: boolean;
  /** Where the smallest failing graph is written as an artifact. */
  readonly saveFile: string | undefined;
}

export const usage = `pnpm -s fuzz [options]
Runs random graphs with branches on every backend and with every option, and compares bytes with the reference.
  --seed N      of the first graph, default 1; each next one has the next seed
  --runs N      graphs at most, default 1000
  --seconds N   time at most, default 60
  --nodes N     nodes of a graph at most, default 1 .. 14 by the seed
  --save FILE   writes the smallest failing graph to FILE, with its input and the right output as its self-test
  --json        prints the report as JSON
`;

/** Reads the command line. Throws with one plain line where it is wrong. */
export function readSettings(args: readonly string[]): Settings {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: 'string', default: '1' },
      runs: { type: 'string', default: '1000' },
      seconds: { type: 'string', default: '60' },
      nodes: { type: 'string' },
      save: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  return {
    isHelp: values.help,
    isJson: values.json,
    seed: whole(values.seed, '--seed'),
    runs: whole(values.runs, '--runs'),
    seconds: whole(values.seconds, '--seconds'),
    nodes: values.nodes === undefined ? undefined : whole(values.nodes, '--nodes'),
    saveFile: values.save,
  };
}

function whole(text: string, option: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value < 2 ** 31) return value;
  throw new Error(`${option}: got "${text}", expected a whole number of 1 or more`);
}
