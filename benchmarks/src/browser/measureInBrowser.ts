import type { WasmBackendOptions } from '@bnfree/integer-kernels';
import { chromium } from 'playwright-core';
import type { MeasureMessage } from '../measure/measureProcess.js';
import type { SamplingBudget } from '../measure/sampleInterleaved.js';
import type { BenchmarkRow } from '../report/row.js';
import type { PageOrder } from './page.js';
import { servePage } from './servePage.js';

/** What to measure in a page. */
export interface BrowserOrder {
  readonly ids: readonly string[];
  readonly threads: number;
  readonly budget: SamplingBudget;
  readonly executablePath: string;
  readonly options: WasmBackendOptions;
  /** Digest of the reference's output. */
  readonly referenceSha256: (id: string) => Promise<string>;
}

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

/** The milliseconds that one work item may take, loading of engines and models included. */
const itemTimeoutMs = 300_000;

/** Measures in headless Chromium, a fresh page for every work item: engines give no memory back. */
export async function measureInBrowser(
  order: BrowserOrder,
  show: (message: MeasureMessage) => void,
): Promise<BenchmarkRow[]> {
  const server = await servePage();
  const browser = await chromium.launch({ executablePath: order.executablePath, args: flags });
  const rows: BenchmarkRow[] = [];
  const name = `Chromium ${browser.version().split('.')[0]}`;
  try {
    for (const id of order.ids) {
      show({ type: 'start', id });
      const page = await browser.newPage();
      page.setDefaultTimeout(itemTimeoutMs);
      page.on('pageerror', (error) => {
        show({ type: 'note', text: `${id}: ${error.message}` });
      });
      await page.exposeFunction('hostReferenceSha256', order.referenceSha256);
      await page.exposeFunction('hostNote', (text: string) => {
        show({ type: 'note', text });
      });
      await page.goto(server.url);
      const { threads, budget, options } = order;
      const row = await page.evaluate(
        (pageOrder: PageOrder) =>
          (globalThis as unknown as { measure(order: PageOrder): Promise<BenchmarkRow | undefined> }).measure(
            pageOrder,
          ),
        { id, browser: name, threads, budget, options },
      );
      await page.close();
      if (row === undefined) show({ type: 'note', text: `${id}: ours has no ${threads} threads here` });
      else {
        rows.push(row);
        show({ type: 'row', row });
      }
    }
  } finally {
    await browser.close();
    await server.close();
  }
  return rows;
}
