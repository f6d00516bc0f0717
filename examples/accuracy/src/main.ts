import { join } from 'node:path';
import { writeWholeFile } from '@bnfree/core';
import { makeFolder } from '@bnfree/distill';
import { failCommand, startBackend, wholeNumber } from '@bnfree/example-train-teacher';
import { Command, InvalidArgumentError } from 'commander';
import { accuracyPage } from './accuracyPage.js';
import type { StoredRow } from './accuracyRow.js';
import { compareRows } from './compareRows.js';
import { type MeasureOptions, measureRow, removeRow, storedRow } from './measureRow.js';
import { progressLines } from './progressLines.js';
import { rowId, type RowSpec, rowSpecs } from './rowSpec.js';
import { accuracyTeachers } from './teachers.js';

interface Flags {
  readonly teacher?: RegExp;
  readonly settings?: RegExp;
  readonly methods?: RegExp;
  readonly seed?: number;
  readonly threads?: number;
  readonly quick?: boolean;
  readonly resume?: boolean;
  readonly list?: boolean;
  readonly out: string;
  readonly rows: string;
  readonly json?: string;
}

function pattern(text: string): RegExp {
  try {
    return new RegExp(`^(?:${text})$`);
  } catch {
    throw new InvalidArgumentError('expected names, or a regular expression of them, such as W4A4|W2A2');
  }
}

const program = new Command('accuracy')
  .description(
    'Measures the rows of docs/accuracy.md one after the other; stopped by Ctrl-C, --resume goes on.',
  )
  .option('--teacher <names>', 'only these teachers', pattern)
  .option('--settings <names>', 'only these settings, such as "W4A4|W2A2"', pattern)
  .option('--methods <names>', 'only these methods, such as "ptq|distilled"', pattern)
  .option('--seed <n>', 'only this seed', Number)
  .option('--threads <n>', 'of tfjs, 1 to 4; all cores by default', wholeNumber(1, 4))
  .option('--quick', 'a few steps and images: whether it works, not how well')
  .option('--resume', 'keep finished rows and go on with begun ones')
  .option('--list', 'print the rows and do nothing')
  .option('--out <folder>', 'for checkpoints, and the rows of --quick', 'run/accuracy')
  .option('--rows <folder>', 'for finished rows', 'examples/accuracy/rows')
  .option(
    '--json <file>',
    'file of all finished rows; its page lies beside it (default: "docs/accuracy.json"; with --quick "quick.json" in --out)',
  )
  .allowExcessArguments(false);

function isChosen({ teacher, settings, methods, seed }: Flags): (spec: RowSpec) => boolean {
  return (spec) =>
    (teacher?.test(spec.teacher) ?? true) &&
    (settings?.test(spec.setting) ?? true) &&
    (methods?.test(spec.method) ?? true) &&
    (seed ?? spec.seed) === spec.seed;
}

/** Rows whose teacher is here; says what is left out, and how to get it. */
async function withTeacher(specs: readonly RowSpec[]): Promise<RowSpec[]> {
  const missing = new Set<string>();
  for (const name of new Set(specs.map(({ teacher }) => teacher))) {
    const { areThere, fix } = await accuracyTeachers[name].files();
    if (areThere) continue;
    missing.add(name);
    process.stderr.write(`${name} is left out: its files are not here. To make them: ${fix}\n`);
  }
  return specs.filter(({ teacher }) => !missing.has(teacher));
}

async function run(flags: Flags): Promise<void> {
  const all = rowSpecs();
  const chosen = await withTeacher(all.filter(isChosen(flags)));
  if (flags.list === true) {
    process.stdout.write(chosen.map((spec) => `${rowId(spec)}\n`).join(''));
    return;
  }
  const place = placeOf(flags);
  const controller = new AbortController();
  const interrupt = (): void => {
    controller.abort(new Error('stopped; the same command with --resume goes on from here'));
  };
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  await makeFolder(place.out);
  await makeFolder(place.rows);
  await startBackend('wasm', flags.threads ?? 'all');
  for (const [index, spec] of chosen.entries()) {
    if (flags.resume !== true) await removeRow(spec, place);
    else if ((await storedRow(spec, place)) !== undefined) continue;
    process.stderr.write(`${index + 1}/${chosen.length} ${rowId(spec)}\n`);
    const onEvent = progressLines(process.stderr, () => performance.now());
    const { top1, gap, seconds } = await measureRow(spec, { ...place, signal: controller.signal, onEvent });
    process.stderr.write(`  top-1 ${top1.toFixed(2)} %, gap ${gap.toFixed(2)}, ${seconds} s\n`);
    await writePages(flags, all);
  }
  process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  await writePages(flags, all);
}

function placeOf({ out, rows, quick }: Flags): Pick<MeasureOptions, 'out' | 'rows' | 'isQuick'> {
  return { out, rows, isQuick: quick === true };
}

/** All finished rows, of this call and of earlier ones, in the order of the table. */
async function writePages(flags: Flags, specs: readonly RowSpec[]): Promise<void> {
  const place = placeOf(flags);
  const json = flags.json ?? (place.isQuick ? join(place.out, 'quick.json') : 'docs/accuracy.json');
  const stored = await Promise.all(specs.map((spec) => storedRow(spec, place)));
  const rows = compareRows(stored.filter((row): row is StoredRow => row !== undefined));
  if (rows.length === 0) return;
  await writeWholeFile(json, `${JSON.stringify(rows, undefined, 2)}\n`);
  await writeWholeFile(json.replace(/(\.json)?$/, '.md'), accuracyPage(rows));
}

try {
  await run(program.parse().opts<Flags>());
} catch (error) {
  failCommand(error);
}
