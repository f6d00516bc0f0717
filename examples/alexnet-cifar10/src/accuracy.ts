import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { typescriptBackend, wasmBackend } from '@bnfree/integer-kernels';
import { loadCifar10 } from '@bnfree/models-alexnet';
import { defineCommand, runMain } from 'citty';
import { abortOnInterrupt } from './abortOnInterrupt.js';
import { accuracyPage } from './accuracyPage.js';
import { accuracyRow, type AccuracyRow } from './accuracyRow.js';
import { accuracySettings, type AccuracySetting } from './accuracySettings.js';
import type { DemoEventListener } from './demoEvent.js';
import { measureBackend } from './evaluateStudent.js';
import { writeWhole } from './outputFolder.js';
import { progressDisplay } from './progressDisplay.js';
import { runDemo } from './runDemo.js';

const command = defineCommand({
  meta: {
    name: 'accuracy',
    description: 'Measures every row of docs/accuracy.md; goes on where it was stopped',
  },
  args: {
    only: {
      type: 'string',
      valueHint: 'PATTERN',
      description:
        'Measures only rows whose id matches a regular expression; finished ones stay in the table',
    },
    quick: { type: 'boolean', description: 'Compare backends on the first 500 test images instead of all' },
    out: {
      type: 'string',
      default: 'run/accuracy',
      description: 'Folder for the runs; finished rows are kept',
    },
    json: {
      type: 'string',
      default: 'docs/accuracy.json',
      description: 'File of the rows; the page goes beside it',
    },
  },
  run: async ({ args }) => {
    const pattern = new RegExp(args.only ?? '');
    const chosen = accuracySettings.filter(({ id }) => pattern.test(id));
    const interrupt = abortOnInterrupt(() => {
      process.stderr.write('Stopping; the same command goes on from here.\n');
    });
    const rows: AccuracyRow[] = [];
    for (const setting of accuracySettings) {
      const folder = join(args.out, setting.id);
      const row = chosen.includes(setting)
        ? await measureRow(setting, folder, args.quick === true, interrupt.signal)
        : await storedRow(folder);
      if (row !== undefined) rows.push(row);
    }
    interrupt.release();
    await writeWhole(args.json, `${JSON.stringify(rows, undefined, 2)}\n`);
    await writeWhole(args.json.replace(/\.json$/, '.md'), accuracyPage(rows));
  },
});

const rowFile = 'row.json';

/** A row that an earlier call measured. */
async function storedRow(out: string): Promise<AccuracyRow | undefined> {
  const stored = await readFile(join(out, rowFile), 'utf8').catch(() => undefined);
  return stored === undefined ? undefined : (JSON.parse(stored) as AccuracyRow);
}

/** A row from its file, or measured: the demo, then both backends over the test images. */
async function measureRow(
  { id, settings }: AccuracySetting,
  out: string,
  isQuick: boolean,
  signal: AbortSignal,
): Promise<AccuracyRow> {
  const stored = await storedRow(out);
  if (stored !== undefined) return stored;
  await mkdir(out, { recursive: true });
  process.stderr.write(`\n${id}\n`);
  const display = progressDisplay(process.stderr, { now: () => performance.now(), isColored: false });
  const emit: DemoEventListener = (event) => {
    display.show(event);
  };
  const report = await runDemo({ ...settings, out, isResuming: true, isJson: false }, { signal, emit });
  display.finish();
  const test = await loadCifar10({ split: 'test', ...(isQuick ? { count: 500 } : {}) });
  const backends = [];
  for (const backend of [wasmBackend(), typescriptBackend()])
    backends.push(
      await measureBackend(report.artifact.path, backend, test, { signal, onProgress: () => undefined }),
    );
  const row = accuracyRow(id, report, backends);
  await writeWhole(join(out, rowFile), `${JSON.stringify(row, undefined, 2)}\n`);
  return row;
}

await runMain(command);
