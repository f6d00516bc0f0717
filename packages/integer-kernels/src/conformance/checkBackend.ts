import {
  type Issue,
  type KernelBackend,
  type OpName,
  isIntegerIn,
  throwIfIssues,
  unknownKeys,
} from '@bnfree/integer-kernels';
import type { Size } from './cases/drawSize.js';
import { checkArenas } from './checkArenas.js';
import { checkLayouts } from './checkLayouts.js';
import { checkOutput, showError } from './checkOutput.js';
import { checkRefusals } from './checkRefusals.js';
import { checkTogether } from './checkTogether.js';
import { conformanceCase } from './conformanceCase.js';
import { layoutChoices } from './layoutChoice.js';

/** What {@link checkBackend} tries. */
export interface CheckBackendOptions {
  /** Default: every op that the backend executes. */
  readonly ops?: readonly OpName[];
  /** First seed; default 1. Case `i` has seed `seed + i`. */
  readonly seed?: number;
  /** Cases of each op and size; default 30. */
  readonly runs?: number;
  /** `small` ops are easy to read, `large` ones cross every vector width; default both. */
  readonly sizes?: readonly Size[];
}

/**
 * Holds a backend to the contract of `KernelBackend`; returns what it breaks, each with a way to see it alone.
 *
 * Random ops, shapes, paddings, bit widths and extremes: every byte must be that of the reference, in dense, requested and
 * random layouts, in memory full of garbage, twice in a row, with no write outside output, constants and scratch; memory that
 * an op must not touch is refused. Needs no test runner.
 * @throws BnfreeError UNKNOWN_OPTION, INVALID_OPTION
 */
export async function checkBackend(
  backend: KernelBackend,
  options: CheckBackendOptions = {},
): Promise<Issue[]> {
  throwIfIssues(checkOptions(backend, options));
  const { ops = [...backend.ops], seed = 1, runs = 30, sizes = ['small', 'large'] } = options;
  const issues = await checkArenas(backend);
  for (const name of ops) {
    const { op } = conformanceCase(name, { seed, size: 'small' });
    issues.push(...(await checkRefusals(backend, op, `${name}, seed ${seed}`)));
    for (const size of sizes) issues.push(...(await checkOp(backend, name, size, seed, runs)));
  }
  const together = ops.map((name) => conformanceCase(name, { seed, size: 'small' }));
  return [...issues, ...(await checkTogether(backend, together))];
}

async function checkOp(
  backend: KernelBackend,
  name: OpName,
  size: Size,
  firstSeed: number,
  runs: number,
): Promise<Issue[]> {
  const issues: Issue[] = [];
  for (let seed = firstSeed; seed < firstSeed + runs; seed += 1) {
    const drawn = conformanceCase(name, { seed, size });
    const choice = layoutChoices[seed % layoutChoices.length];
    const path = `${name}, seed ${seed}, ${size}`;
    const fix = `checkBackend(backend, { ops: ['${name}'], seed: ${seed}, runs: 1, sizes: ['${size}'] }) tries this case alone`;
    try {
      const broken = checkLayouts(backend, drawn.op, path);
      issues.push(...broken);
      if (broken.length > 0) continue;
    } catch (error) {
      const message = `got ${showError(error)}, expected layout and modules to answer`;
      issues.push({ code: 'CONFORMANCE_FAILURE', path, message, fix });
      continue;
    }
    const where = { path: `${path}, layouts ${choice}`, fix };
    issues.push(...(await checkOutput(backend, drawn, choice, seed, where)));
  }
  return issues;
}

function checkOptions(backend: KernelBackend, options: CheckBackendOptions): Issue[] {
  const issues = unknownKeys(options, ['ops', 'seed', 'runs', 'sizes'], 'options', 'UNKNOWN_OPTION');
  const { ops = [], seed = 1, runs = 30, sizes = [] } = options;
  const refuse = (path: string, got: unknown, expected: string, fix: string): void => {
    issues.push({
      code: 'INVALID_OPTION',
      path: `options.${path}`,
      message: `got ${JSON.stringify(got)}, expected ${expected}`,
      fix,
    });
  };
  for (const name of ops) {
    if (!backend.ops.has(name))
      refuse('ops', name, `ops of backend ${backend.name}: ${[...backend.ops].join(', ')}`, 'leave ops out');
  }
  if (!isIntegerIn(seed, 0, 0x7fffffff)) refuse('seed', seed, '0 .. 2^31 - 1', 'seed: 1');
  if (!isIntegerIn(runs, 1, 0xffffff)) refuse('runs', runs, '1 .. 2^24 - 1', 'runs: 30');
  for (const size of sizes) {
    if (!['small', 'large'].includes(size)) refuse('sizes', size, "'small' or 'large'", "sizes: ['small']");
  }
  return issues;
}
