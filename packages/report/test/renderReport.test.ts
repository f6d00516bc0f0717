import { describe, expect, test } from '@jest/globals';
import { BnfreeError } from '@bnfree/core';
import { parseHTML } from 'linkedom';
import { checkReport } from '../src/checkReport.js';
import { renderReport } from '../src/index.js';
import { sampleReport } from './sampleReport.js';

const page = renderReport(sampleReport);
const { document } = parseHTML(page);
const texts = (selector: string): string[] =>
  [...document.querySelectorAll(selector)].map(
    (node) => (node as { textContent: string | null }).textContent ?? '',
  );

describe('renderReport', () => {
  test('shows names as text, whatever is in them', () => {
    expect(texts('h1')).toEqual(['net <of> "three" & more: W4-8A4']);
    expect(page).not.toContain('<of>');
  });

  test('needs nothing from elsewhere and runs nothing', () => {
    expect(document.querySelectorAll('script, link, img, iframe')).toHaveLength(0);
    const addresses = page.match(/https?:\/\/[^"'\s<]+/g) ?? [];
    expect([...new Set(addresses)].every((address) => address.startsWith('http://www.w3.org/'))).toBe(true);
  });

  test('has a table line for every layer, with its numbers', () => {
    const lines = [...document.querySelectorAll('tbody tr')].map((line) =>
      [...line.querySelectorAll('td')].map(({ textContent }) => textContent),
    );
    expect(lines.map(([name]) => name)).toEqual(['conv1', 'conv2', 'fc3']);
    expect(lines[0]).toEqual([
      'conv1',
      'conv2d',
      '4',
      '4',
      'perLayer',
      '0.004900',
      '0.01230',
      '0.2500',
      '18',
      '15',
      '0.04000',
      '0.02000',
      '17.40',
      '1\u202f000\u202f000',
      '4\u202f608',
      '1.500',
    ]);
    expect(lines[2].slice(3, 6)).toEqual(['int32', '', '']);
  });

  test('draws a histogram for each grid and a curve for each pass of several steps', () => {
    const titles = texts('figure h2');
    expect(titles).toEqual([
      'conv1',
      'conv2',
      'fc3',
      'conv1',
      'conv2',
      'add',
      'conv1: fitToTap',
      'net: compensateEndToEnd',
    ]);
  });

  test('shows the held-out accuracies, or those that it is given', () => {
    expect(page).toContain('96.00');
    const measured = renderReport(sampleReport, { accuracies: [{ name: 'on the test set', top1: 89.59 }] });
    expect(measured).toContain('on the test set');
    expect(measured).toContain('89.59');
    expect(measured).not.toContain('96.00');
  });

  test('says so where there were no labels', () => {
    const validation = { ...sampleReport.validation, top1: null, teacherTop1: null };
    expect(renderReport({ ...sampleReport, validation, ptq: null })).toContain('No labels were given.');
  });
});

describe('checkReport', () => {
  test('finds the report, also inside a larger one', () => {
    expect(checkReport(sampleReport, 'x')).toBe(sampleReport);
    expect(checkReport({ format: 'other', distillation: sampleReport }, 'x')).toBe(sampleReport);
  });

  test.each([[null], [3], [{}], [{ format: 'bnfree-report-2' }], [{ distillation: {} }]])(
    'refuses %j',
    (value) => {
      let thrown: unknown;
      try {
        checkReport(value, 'report.json');
      } catch (error) {
        thrown = error;
      }
      expect(thrown).toBeInstanceOf(BnfreeError);
      expect((thrown as BnfreeError).issues[0]).toMatchObject({ code: 'REPORT_FORMAT', path: 'report.json' });
    },
  );
});
