import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { findChromium, findNode } from '@bnfree/engines';
import type { WayResult } from './digestFolder.js';
import { digestInChromium, type ExpectedDigests } from './digestInChromium.js';
import { digestPlan, type DigestEffort, type PlannedWay } from './digestPlan.js';
import { outcomeOf, type WayOutcome } from './wayOutcome.js';
import { writeFullSizeModels, type StoredFullSizeModel } from './writeFullSizeModels.js';

export interface DigestSettings {
  readonly effort: DigestEffort;
  /** The same layers with few channels and small images. */
  readonly isTiny: boolean;
  /** Major versions of Node beside the one that runs, which is the first engine. */
  readonly nodes: readonly number[];
  readonly hasChromium: boolean;
}

/** What all engines gave. */
export interface DigestReport {
  readonly models: readonly (StoredFullSizeModel & {
    /** Of the logits of all photographs. */
    readonly logitsSha256: string;
  })[];
  readonly outcomes: readonly WayOutcome[];
  /** Engines that are missing. */
  readonly missing: readonly string[];
}

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** Runs photographs through integer AlexNets on every engine and in every way, and compares the logits' digests. */
export async function runDigests(
  { effort, isTiny, nodes, hasChromium }: DigestSettings,
  note: (text: string) => void,
): Promise<DigestReport> {
  const folder = await mkdtemp(join(tmpdir(), 'bnfree-digests-'));
  try {
    const models = await writeFullSizeModels(folder, effort.all, isTiny);
    note(`${models.length} models and ${effort.all} photographs are written`);
    const first = await digestInNode(process.execPath, folder, models, digestPlan(effort, true), note);
    const expected = expectedDigests(first);
    const own = `Node ${process.versions.node.split('.')[0]}`;
    const outcomes = first.map((result) => outcomeOf(own, result, expected));
    const missing: string[] = [];
    const plan = digestPlan(effort, false);
    for (const major of nodes) {
      const node = findNode(major);
      if (node === undefined) missing.push(`Node ${major}`);
      else {
        const results = await digestInNode(node, folder, models, plan, note);
        outcomes.push(...results.map((result) => outcomeOf(`Node ${major}`, result, expected)));
      }
    }
    const chromium = hasChromium ? findChromium() : undefined;
    if (chromium !== undefined) {
      outcomes.push(...(await digestInChromium(chromium, folder, models, plan, expected, note)));
    } else if (hasChromium) missing.push('Chromium');
    const logitsOf = (name: string): string => expected.get(name)?.[effort.all] ?? '';
    return {
      models: models.map((model) => ({ ...model, logitsSha256: logitsOf(model.name) })),
      outcomes,
      missing,
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function digestInNode(
  node: string,
  folder: string,
  models: readonly StoredFullSizeModel[],
  plan: readonly PlannedWay[],
  note: (text: string) => void,
): Promise<WayResult[]> {
  const program = fileURLToPath(new URL('digestFolder.ts', import.meta.url));
  const args = ['--import', 'tsx', '--conditions=@bnfree/source', program];
  const run = promisify(execFile)(node, [...args, folder, JSON.stringify(models), JSON.stringify(plan)], {
    cwd: root,
    maxBuffer: 2 ** 26,
  });
  run.child.stderr?.on('data', (text: unknown) => {
    note(String(text).trimEnd());
  });
  return JSON.parse((await run).stdout) as WayResult[];
}

/** The reference's digests, and those of the fast TypeScript backend for more photographs than the reference ran. */
function expectedDigests(results: readonly WayResult[]): ExpectedDigests {
  const expected = new Map<string, Readonly<Record<number, string>>>();
  for (const way of ['fast TypeScript', 'typescript']) {
    for (const { model, digest } of results.filter((result) => result.way === way)) {
      expected.set(model, { ...expected.get(model), ...digest?.sha256 });
    }
  }
  return expected;
}
