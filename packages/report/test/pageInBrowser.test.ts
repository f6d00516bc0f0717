import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Browser, chromium, type Page } from 'playwright-core';
import { findChromium } from '@bnfree/engines';
import { renderReport } from '../src/index.js';
import { sampleReport } from './sampleReport.js';

const executablePath = findChromium();
const inChromium = executablePath === undefined ? describe.skip : describe;

inChromium('the page in Chromium', () => {
  let browser: Browser;
  let page: Page;
  const problems: string[] = [];

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: executablePath as string, args: ['--no-sandbox'] });
    page = await browser.newPage({ viewport: { width: 1100, height: 800 } });
    page.on('console', (message) => problems.push(message.text()));
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('request', (request) => problems.push(request.url()));
    await page.setContent(renderReport(sampleReport));
  });
  afterAll(async () => {
    await browser.close();
  });

  test('asks for nothing and complains of nothing', () => {
    expect(problems).toEqual([]);
  });

  test('shows every figure, each with ink', async () => {
    const boxes = await page.locator('svg').evaluateAll((figures) =>
      figures.map((figure) => {
        const { width, height } = (figure as SVGSVGElement).getBoundingClientRect();
        const marks = figure.querySelectorAll('rect, circle, path, line').length;
        return { isShown: width > 100 && height > 50, marks };
      }),
    );
    expect(boxes).toHaveLength(14);
    expect(boxes.filter(({ isShown, marks }) => !isShown || marks < 3)).toEqual([]);
  });

  test('fits its window, and a phone', async () => {
    for (const width of [1100, 390]) {
      await page.setViewportSize({ width, height: 800 });
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(overflow).toBeLessThanOrEqual(0);
    }
  });
});
