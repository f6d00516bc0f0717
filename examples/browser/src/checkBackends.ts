import { BnfreeError } from '@bnfree/core';
import { findChromium } from '@bnfree/engines';
import type { ImageDataset } from '@bnfree/models-alexnet';
import type { BackendName } from './backendNames.js';
import type { PageOrder } from './distillInPage.js';
import { distillInBrowser, launchChromium } from './driveChromium.js';
import { runModel } from './runModel.js';

/** What came of one backend. */
export interface CheckedBackend {
  readonly backend: BackendName;
  readonly seconds: number;
  readonly correct: number;
  readonly count: number;
  readonly artifactSha256: string;
  /** Whether the file that the page made gives the same logits in Node; null where the browser has no such backend. */
  readonly isSame: boolean | null;
}

/** Distils in Chromium on each backend and runs the files here: the integers have to agree. */
export async function checkBackends(
  origin: string,
  backends: readonly BackendName[],
  order: Omit<PageOrder, 'backend'>,
  test: ImageDataset,
): Promise<CheckedBackend[]> {
  const executable = findChromium();
  if (executable === undefined) throw new BnfreeError([noChromium]);
  const browser = await launchChromium(executable);
  try {
    const rows: CheckedBackend[] = [];
    for (const backend of backends) {
      const outcome = await distillInBrowser(browser, origin, { ...order, backend });
      if (outcome === undefined) {
        rows.push({ backend, seconds: 0, correct: 0, count: 0, artifactSha256: '', isSame: null });
        continue;
      }
      const { artifact, seconds, correct, count, sha256, logitsSha256 } = outcome;
      const here = await runModel(artifact, test);
      const isSame = here.logitsSha256 === logitsSha256;
      rows.push({ backend, seconds, correct, count, artifactSha256: sha256, isSame });
    }
    return rows;
  } finally {
    await browser.close();
  }
}

const noChromium = {
  code: 'CHROMIUM_MISSING',
  path: 'Chromium',
  message: 'got no Chromium, expected one at /usr/bin/chromium or where the variable CHROMIUM_PATH says',
  fix: 'apt-get install chromium, or CHROMIUM_PATH=/path/of/chromium before the command',
} as const;
