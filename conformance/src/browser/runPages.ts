import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext } from 'playwright-core';
import type { CheckResult } from '../matrix/checkResult.js';
import { labelOf, type PageCheck } from './pageCheck.js';
import { servePages, type PageKind, type PageServer } from './servePages.js';

/** Checks for one page. */
export interface PagePlan {
  readonly kind: PageKind;
  readonly checks: readonly PageCheck[];
}

/** What came of one page. */
export interface PageOutcome {
  readonly kind: PageKind;
  readonly results: readonly CheckResult[];
  readonly seconds: number;
}

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A page that reports nothing for so long is given up. */
const SILENCE_MS = 180_000;

/** Opens one page after another in headless Chromium, in a profile of its own that is removed afterwards. */
export async function runPages(
  executablePath: string,
  modelFolder: string,
  plans: readonly PagePlan[],
  note: (text: string) => void,
): Promise<{ readonly version: string; readonly outcomes: readonly PageOutcome[] }> {
  const server = await servePages(modelFolder);
  const profile = await mkdtemp(join(tmpdir(), 'bnfree-chromium-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    args: flags,
    headless: true,
  });
  const outcomes: PageOutcome[] = [];
  try {
    for (const plan of plans) outcomes.push(await runPage(context, server, plan, note));
    return { version: await versionOf(context), outcomes };
  } finally {
    await context.close();
    await server.close();
    await rm(profile, { recursive: true, force: true });
  }
}

async function runPage(
  context: BrowserContext,
  server: PageServer,
  { kind, checks }: PagePlan,
  note: (text: string) => void,
): Promise<PageOutcome> {
  const start = performance.now();
  const failures = new Map<number, string | undefined>();
  const page = await context.newPage();
  const silence = await new Promise<string | undefined>((resolve) => {
    let timer = setTimeout(() => undefined, 0);
    const settle = (reason: string | undefined): void => {
      clearTimeout(timer);
      resolve(reason);
    };
    const wait = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        settle(`no answer within ${SILENCE_MS / 1000} s`);
      }, SILENCE_MS);
    };
    page.on('pageerror', (error) => {
      settle(`the page ended with ${error.message}`);
    });
    page.on('crash', () => {
      settle('the page crashed');
    });
    const path = server.openPage(kind, checks, ({ index, failure }) => {
      failures.set(index, failure);
      if (failure !== undefined) note(`Chromium, ${kind} page: ${labelOf(checks[index])}: ${failure}`);
      else if (failures.size % 25 === 0) note(`Chromium, ${kind} page: ${failures.size} of ${checks.length}`);
      wait();
      if (failures.size === checks.length) settle(undefined);
    });
    wait();
    page.goto(`${server.origin}${path}`).catch((error: unknown) => {
      settle(String(error));
    });
  });
  await page.close();
  const results = checks.map((check, index): CheckResult => {
    const failure = failures.has(index) ? failures.get(index) : (silence ?? 'no answer');
    return { label: labelOf(check), ...(failure === undefined ? {} : { failure }) };
  });
  return { kind, results, seconds: (performance.now() - start) / 1000 };
}

async function versionOf(context: BrowserContext): Promise<string> {
  const page = await context.newPage();
  const agent = await page.evaluate(() => navigator.userAgent);
  return /Chrome\/(\S+)/.exec(agent)?.[1] ?? agent;
}
