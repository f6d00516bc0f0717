import { type Browser, chromium } from 'playwright-core';
import type { DistillEventListener } from '@bnfree/distill';
import type { PageOrder, PageOutcome } from './distillInPage.js';

/** WebGL and WebGPU on the processor, for machines without a GPU. */
const softwareFlags = [
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--enable-unsafe-webgpu',
  '--enable-features=Vulkan',
  '--use-vulkan=swiftshader',
  '--use-webgpu-adapter=swiftshader',
];

export function launchChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: ['--no-sandbox', ...softwareFlags] });
}

/** Lets a page distil; its file comes back as bytes. Undefined where the browser has no such backend. */
export async function distillInBrowser(
  browser: Browser,
  origin: string,
  order: PageOrder,
  onEvent: DistillEventListener = () => undefined,
): Promise<PageOutcome | undefined> {
  const page = await browser.newPage();
  try {
    page.on('pageerror', (error) => {
      throw error;
    });
    await page.exposeFunction('tellEvent', onEvent);
    await page.goto(origin);
    await page.waitForFunction(() => 'distillInPage' in window);
    const outcome = await page.evaluate(async (asked) => {
      const { distillInPage, tellEvent } = window as Window & { tellEvent?: DistillEventListener };
      const result = await distillInPage(asked, (event) => tellEvent?.(event));
      return result === undefined ? undefined : { ...result, artifact: Array.from(result.artifact) };
    }, order);
    return outcome === undefined ? undefined : { ...outcome, artifact: Uint8Array.from(outcome.artifact) };
  } finally {
    await page.close();
  }
}
