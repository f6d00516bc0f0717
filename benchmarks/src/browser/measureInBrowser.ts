import { chromium, type Browser } from 'playwright-core';
import type { MeasureMessage } from '../measure/measureProcess.js';
import type { MeasureTask } from '../measure/measureTask.js';
import type { BenchmarkRow } from '../report/row.js';
import type { PageOrder } from './page.js';
import { servePage } from './servePage.js';

/** What to measure in a page. */
export interface BrowserOrder extends MeasureTask {
  readonly executablePath: string;
  /** Digest of the reference's output. */
  readonly referenceSha256: (id: string) => Promise<string>;
}

type Show = (message: MeasureMessage) => void;

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
export async function measureInBrowser(order: BrowserOrder, show: Show): Promise<BenchmarkRow[]> {
  const server = await servePage();
  const browser = await chromium.launch({ executablePath: order.executablePath, args: flags });
  const rows: BenchmarkRow[] = [];
  try {
    for (const id of order.ids) {
      show({ type: 'start', id });
      const row = await measureInPage(browser, server.url, { ...order, ids: [id] }, show);
      if (row === undefined) show({ type: 'note', text: `${id}: ours has no ${order.threads} threads here` });
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

async function measureInPage(
  browser: Browser,
  url: string,
  { executablePath: _, referenceSha256, ...task }: BrowserOrder,
  show: Show,
): Promise<BenchmarkRow | undefined> {
  const page = await browser.newPage();
  page.setDefaultTimeout(itemTimeoutMs);
  page.on('pageerror', (error) => {
    show({ type: 'note', text: error.message });
  });
  await page.exposeFunction('hostReferenceSha256', referenceSha256);
  await page.exposeFunction('hostNote', (text: string) => {
    show({ type: 'note', text });
  });
  await page.goto(url);
  const name = `Chromium ${browser.version().split('.')[0]}`;
  try {
    return await page.evaluate(
      (order: PageOrder) =>
        (globalThis as unknown as { measure(order: PageOrder): Promise<BenchmarkRow | undefined> }).measure(
          order,
        ),
      { browser: name, task },
    );
  } finally {
    await page.close();
  }
}
