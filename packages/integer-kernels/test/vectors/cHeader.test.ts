import { describe, expect, test } from '@jest/globals';
import { parseCHeader } from './cHeader.js';

describe('parseCHeader', () => {
  test('reads defines, arrays over several lines and aliases', () => {
    const header = parseCHeader(
      [
        '#pragma once',
        '#define CASE_PAD_X -3',
        'const int8_t case_input[3] = {-128,',
        '    0, 127};',
        'const int32_t *const case_bias = NULL;',
      ].join('\n'),
    );
    expect([...header.defines]).toEqual([['CASE_PAD_X', '-3']]);
    expect([...header.arrays]).toEqual([['case_input', [-128, 0, 127]]]);
    expect([...header.aliases]).toEqual([['case_bias', 'NULL']]);
  });

  test('rejects an array that holds fewer values than it declares', () => {
    expect(() => parseCHeader('const int8_t short[3] = {1, 2};')).toThrow('declares 3 values and holds 2');
  });
});
