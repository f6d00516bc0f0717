import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findChromium, findNode } from '@bnfree/engines';
import { measureInBrowser } from './browser/measureInBrowser.js';
import { prepareWork } from './measure/measureItem.js';
import type { MeasureMessage } from './measure/measureProcess.js';
import type { MeasureTask } from './measure/measureTask.js';
import { keptSha256 } from './measure/nodeEnvironment.js';
import { referenceSha256 } from './measure/referenceSha256.js';
import { runMeasureProcess } from './measure/runMeasureProcess.js';
import type { BenchmarkRow } from './report/row.js';
import type { Settings } from './settings.js';
import type { WorkItem } from './work/workItem.js';

type Write = (text: string) => void;
type Show = (message: MeasureMessage) => void;

/** A Node or a browser. */
interface Engine {
  readonly name: string;
  /** Work that it can do. */
  readonly items: readonly WorkItem[];
  readonly measure: (task: MeasureTask, digestFolder: string, show: Show) => Promise<BenchmarkRow[]>;
}

/** Measures all that was asked for, one engine after the other. Tells `write` what is going on. */
export async function runBenchmark(settings: Settings, write: Write): Promise<BenchmarkRow[]> {
  const { threads: counts, budget, options, peers } = settings;
  const digestFolder = mkdtempSync(join(tmpdir(), 'bnfree-bench-'));
  const rows: BenchmarkRow[] = [];
  try {
    for (const { name, items, measure } of [
      ...nodeEngines(settings, write),
      ...browserEngines(settings, write),
    ]) {
      for (const threads of counts) {
        const ids = items.filter((item) => threads === 1 || item.backend === 'wasm').map(({ id }) => id);
        const task = { ids, threads, budget, options, ...(peers === undefined ? {} : { peers }) };
        rows.push(...(await measure(task, digestFolder, progress(`${name}, threads ${threads}`, write))));
      }
    }
  } finally {
    rmSync(digestFolder, { recursive: true });
  }
  return rows;
}

function nodeEngines({ items, nodes, browser, clock }: Settings, write: Write): Engine[] {
  if (browser === 'only') return [];
  return nodes.flatMap((major): Engine[] => {
    const path = findNode(major);
    if (path === undefined) {
      write(`Node ${major} is left out: it is neither this one nor the package node-24 (linux-x64)\n`);
      return [];
    }
    return [
      {
        name: `Node ${major}`,
        items,
        // A fresh process for every work item: some engines slow down for good in one that has held large models.
        async measure(task, digestFolder, show) {
          const rows: BenchmarkRow[] = [];
          for (const id of task.ids) {
            rows.push(...(await runMeasureProcess(path, { ...task, ids: [id], digestFolder, clock }, show)));
          }
          return rows;
        },
      },
    ];
  });
}

function browserEngines({ items, browser }: Settings, write: Write): Engine[] {
  if (browser === 'no') return [];
  const executablePath = findChromium();
  if (executablePath === undefined) {
    write('Chromium is left out: set CHROMIUM_PATH, or install it\n');
    return [];
  }
  const reference = (id: string): Promise<string> => {
    const item = items.find((candidate) => candidate.id === id);
    if (item === undefined) throw new Error(`no work has the id ${id}`);
    return referenceSha256(prepareWork(item));
  };
  return [
    {
      name: 'Chromium',
      items: items.filter(({ backend }) => backend === 'wasm'),
      measure(task, digestFolder, show) {
        const kept = (id: string): Promise<string> => keptSha256(digestFolder, id, () => reference(id));
        return measureInBrowser({ ...task, executablePath, referenceSha256: kept }, show);
      },
    },
  ];
}

function progress(engine: string, write: Write): Show {
  return (message) => {
    if (message.type === 'start') write(`${engine}: ${message.id} ... `);
    if (message.type === 'note') write(`\n  ${message.text}\n`);
    if (message.type === 'row') write(`${message.row.ours.ms} ms\n`);
  };
}
