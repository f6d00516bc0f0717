import { afterEach, describe, expect, test } from '@jest/globals';
import { findChromium } from './findChromium.js';

const before = process.env['CHROMIUM_PATH'];

afterEach(() => {
  if (before === undefined) delete process.env['CHROMIUM_PATH'];
  else process.env['CHROMIUM_PATH'] = before;
});

describe('findChromium', () => {
  test('takes CHROMIUM_PATH first', () => {
    process.env['CHROMIUM_PATH'] = process.execPath;
    expect(findChromium()).toBe(process.execPath);
  });

  test('passes over a path where nothing is', () => {
    delete process.env['CHROMIUM_PATH'];
    const usual = findChromium();
    process.env['CHROMIUM_PATH'] = '/nothing/here';
    expect(findChromium()).toBe(usual);
  });
});
