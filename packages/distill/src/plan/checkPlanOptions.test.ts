import { describe, expect, test } from '@jest/globals';
import { checkPlanOptions } from './checkPlanOptions.js';
import { codeIssues, resolveSettings } from './resolveSettings.js';

const found = (options: unknown) =>
  checkPlanOptions(options).map(({ code, path, fix }) => `${code} ${path}: ${fix}`);

describe('checkPlanOptions', () => {
  test('accepts every documented option', () => {
    expect(
      found({
        weights: { bits: 4, code: 'odd' },
        activations: { bits: 4 },
        requantization: 'divide',
        firstAndLast: { bits: { weights: 8, activations: 8 }, code: 'twosComplement' },
        input: { zeroPoint: 128, scale: { numerator: 1, denominator: 128 } },
        classes: ['cat'],
        layers: () => undefined,
      }),
    ).toEqual([]);
    expect(found({})).toEqual([]);
  });

  test('says what an unknown key was meant to be, at every depth', () => {
    expect(
      found({ requantisation: 'perLayer', weights: { bit: 4 }, firstAndLast: { activation: 3 }, colour: 1 }),
    ).toEqual([
      'UNKNOWN_OPTION requantisation: did you mean "requantization"?',
      'UNKNOWN_OPTION colour: remove colour',
      'UNKNOWN_OPTION weights.bit: did you mean "bits"?',
      'UNKNOWN_OPTION firstAndLast.activation: did you mean "activations"?',
    ]);
  });

  test('gives the range and a value that can be typed', () => {
    expect(
      found({
        weights: { bits: 0, code: 'sing' },
        activations: { bits: 2.5 },
        requantization: 'perlayer',
        input: { zeroPoint: 127.5, scale: { numerator: 1, denominator: 0 } },
        classes: 'cat',
        layers: {},
      }),
    ).toEqual([
      'INVALID_OPTION weights.bits: bits: 1',
      "INVALID_OPTION weights.code: code: 'sign'",
      'INVALID_OPTION activations.bits: bits: 3',
      "INVALID_OPTION requantization: requantization: 'perLayer'",
      'INVALID_OPTION input.zeroPoint: zeroPoint: 128',
      'INVALID_OPTION input.scale.denominator: denominator: 1',
      'INVALID_OPTION classes: classes: []',
      'INVALID_OPTION layers: layers: (layer) => (layer.isFirst ? { bits: 8 } : undefined)',
    ]);
  });

  test('refuses a setting given in two ways', () => {
    expect(found({ firstAndLast: { bits: 8, weights: { bits: 4, code: 'odd' }, code: 'odd' } })).toEqual([
      'CONFLICTING_OPTIONS firstAndLast: remove bits',
      'CONFLICTING_OPTIONS firstAndLast: remove code',
    ]);
  });

  test('never throws', () => {
    for (const options of [null, undefined, 3, 'x', [], { weights: null }, { input: { scale: 2 } }]) {
      expect(checkPlanOptions(options).length).toBeGreaterThan(0);
    }
  });
});

describe('codeIssues', () => {
  const check = (bits: number, code: 'sign' | 'odd' | 'twosComplement' | 'unsigned') =>
    codeIssues(
      resolveSettings(
        { weights: { bits, code } },
        { isEnd: false, wantsEightBits: false, teacher: { weights: null, activations: null } },
        undefined,
      ),
      'weights',
    ).map(({ fix }) => fix);

  test('keeps sign for one bit and useless codes away from it', () => {
    expect(check(1, 'sign')).toEqual([]);
    expect(check(1, 'odd')).toEqual([]);
    expect(check(2, 'odd')).toEqual([]);
    expect(check(2, 'sign')).toEqual(["weights: { bits: 2, code: 'twosComplement' }"]);
    expect(check(1, 'twosComplement')).toEqual(["weights: { bits: 1, code: 'sign' }"]);
    expect(check(1, 'unsigned')).toEqual(["weights: { bits: 1, code: 'sign' }"]);
  });
});
