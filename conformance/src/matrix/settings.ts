import { parseArgs } from 'node:util';

/** What a run of the matrix is to do. */
export interface Settings {
  readonly isHelp: boolean;
  readonly isQuick: boolean;
  /** Engines whose names contain it. */
  readonly only: string | undefined;
  /** Of random cases. */
  readonly seed: number;
  /** Times as many random cases as `pnpm test` has. */
  readonly scale: number;
  readonly jsonFile: string | undefined;
}

export const usage = `pnpm test:matrix [options]
Runs the kernels on Node 20, 22 and 24 and in headless Chromium: every candidate forced in turn on random and extreme operands,
and models whose outputs must have the digests of the reference.
  --quick        the part that CI runs
  --only NAME    engines whose name contains NAME, such as 'Node 24' or Chromium
  --seed N       of random cases, default 1
  --scale N      times as many random cases as pnpm test has, default 4, with --quick 1
  --json FILE    writes the rows to FILE
`;

/** Reads the command line. Throws with one plain line where it is wrong. */
export function readSettings(args: readonly string[]): Settings {
  const { values } = parseArgs({
    args: args.filter((argument, index) => index > 0 || argument !== '--'),
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      seed: { type: 'string', default: '1' },
      scale: { type: 'string' },
      json: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  return {
    isHelp: values.help,
    isQuick: values.quick,
    only: values.only,
    seed: whole(values.seed, '--seed'),
    scale: whole(values.scale ?? (values.quick ? '1' : '4'), '--scale'),
    jsonFile: values.json,
  };
}

function whole(text: string, option: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new Error(`${option}: got "${text}", expected a whole number of 1 or more`);
}
