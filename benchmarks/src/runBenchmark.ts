import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measureInBrowser } from './browser/measureInBrowser.js';
import { findChromium, findNode } from './findEngines.js';
import { prepareWork } from './measure/measureItem.js';
import type { MeasureMessage } from './measure/measureProcess.js';
import { keptSha256 } from './measure/nodeEnvironment.js';
import { referenceSha256 } from './measure/referenceSha256.js';
import { runMeasureProcess } from './measure/runMeasureProcess.js';
import type { BenchmarkRow } from './report/row.js';
import type { Settings } from './settings.js';

/** Measures all that was asked for, one engine after the other. Tells `write` what is going on. */
export async function runBenchmark(
  settings: Settings,
  write: (text: string) => void,
): Promise<BenchmarkRow[]> {
  const digestFolder = mkdtempSync(join(tmpdir(), 'bnfree-bench-'));
  const rows: BenchmarkRow[] = [];
  try {
    for (const engine of listEngines(settings, write)) {
      for (const threads of settings.threads) {
        const show = progress(`${engine.name}, threads ${threads}`, write);
        rows.push(...(await engine.measure(threads, digestFolder, show)));
      }
    }
  } finally {
    rmSync(digestFolder, { recursive: true });
  }
  return rows;
}

interface Engine {
  readonly name: string;
  measure(threads: number, digestFolder: string, show: Show): Promise<BenchmarkRow[]>;
}

type Show = (message: MeasureMessage) => void;

function listEngines(
  { items, nodes, browser, budget, options, clock }: Settings,
  write: (text: string) => void,
): Engine[] {
  const ids = items.map(({ id }) => id);
  const engines: Engine[] = [];
  for (const major of browser === 'only' ? [] : nodes) {
    const path = findNode(major);
    if (path === undefined)
      write(`Node ${major} is left out: it is neither this one nor the package node-24 (linux-x64)\n`);
    else
      engines.push({
        name: `Node ${major}`,
        measure: (threads, digestFolder, show) =>
          runMeasureProcess(path, { ids, threads, budget, digestFolder, options, clock }, show),
      });
  }
  const executablePath = findChromium();
  if (browser !== 'no' && executablePath === undefined)
    write('Chromium is left out: set CHROMIUM_PATH, or install it\n');
  if (browser !== 'no' && executablePath !== undefined) {
    engines.push({
      name: 'Chromium',
      measure(threads, digestFolder, show) {
        const inPage = items.filter(({ scope, backend }) => backend === 'wasm' || scope === 'op');
        const reference = (id: string): Promise<string> =>
          keptSha256(digestFolder, id, () => {
            const item = items.find((candidate) => candidate.id === id);
            if (item === undefined) throw new Error(`no work has the id ${id}`);
            return referenceSha256(prepareWork(item));
          });
        const order = {
          ids: inPage.map(({ id }) => id),
          threads,
          budget,
          options,
          executablePath,
          referenceSha256: reference,
        };
        return measureInBrowser(order, show);
      },
    });
  }
  return engines;
}

function progress(engine: string, write: (text: string) => void): Show {
  return (message) => {
    if (message.type === 'start') write(`${engine}: ${message.id} ... `);
    if (message.type === 'note') write(`\n  ${message.text}\n`);
    if (message.type === 'row') write(`${message.row.ours.ms} ms\n`);
  };
}
