import { beforeAll, describe, expect, test } from '@jest/globals';
import { sha256Hex } from '@bnfree/core';
import {
  compensateEndToEnd,
  compensateThroughBits,
  fitToTap,
  type CompensateEndToEndOptions,
  type DistillOptions,
  type FitToTapOptions,
  type TrainingRuleOptions,
} from '../src/index.js';
import { distilTiny } from './distilTiny.js';
import { expectToResume, isStep } from './expectToResume.js';
import { useWasm } from './wasmForTests.js';

beforeAll(async () => {
  await useWasm();
});

const made = (fit: FitToTapOptions, tune: Partial<CompensateEndToEndOptions>, extra: DistillOptions = {}) => {
  const options = {
    bits: { weights: 2, activations: 3 },
    fit: { steps: 12, validateEvery: 3, learningRate: 0.2, ...fit },
    tune: { steps: 20, validateEvery: 2, learningRate: 0.003, stepLearningRate: 0.001, ...tune },
    ...extra,
  };
  return distilTiny(options, { images: 160 });
};

/** Rules by name, each for the fit and for the end-to-end stage. */
const rules: readonly (readonly [string, TrainingRuleOptions, TrainingRuleOptions])[] = [
  [
    'freezeOscillations',
    { freezeOscillations: { threshold: 0.02, momentum: 0.4 } },
    { freezeOscillations: { threshold: 0.02, momentum: 0.4 } },
  ],
  ['accumulatorBits', { accumulatorBits: 9 }, { accumulatorBits: 9 }],
  ['annealGains', { annealGains: { until: 0.7 } }, { annealGains: {} }],
  ['standardizeWeights', { standardizeWeights: true }, { standardizeWeights: true }],
  [
    'all that go together',
    { annealGains: {}, standardizeWeights: true, freezeOscillations: { momentum: 0.3 } },
    { annealGains: {}, standardizeWeights: true, freezeOscillations: { momentum: 0.3 } },
  ],
];

/** What a run gives that nothing disturbs; made once. */
const undisturbed = new Map<string, ReturnType<typeof made>>();
function madeOnce(...options: Parameters<typeof made>): ReturnType<typeof made> {
  const key = JSON.stringify(options);
  const result = undisturbed.get(key) ?? made(...options);
  undisturbed.set(key, result);
  return result;
}

const none = { steps: 0 };

describe.each(rules)('%s', (_, fit, tune) => {
  test('makes other integers, in the fit and end to end', async () => {
    const results = [
      await madeOnce({}, none),
      await madeOnce(fit, none),
      await madeOnce(none, {}),
      await madeOnce(none, tune),
    ];
    expect(new Set(results.map(({ artifact }) => sha256Hex(artifact))).size).toBe(4);
    // Whatever there was while training, each layer ends with one scale.
    for (const { op } of results.flatMap(({ graph }) => graph.nodes)) {
      if ('requantization' in op && op.requantization.kind === 'multiplier')
        expect(op.requantization.multipliers).toHaveLength(1);
    }
  });

  test.each([
    ['fitToTap', 'conv2', fit, none],
    ['compensateEndToEnd', 'tiny', none, tune],
  ] as const)('its memory is kept through a stop in %s of %s', async (pass, layer, start, end) => {
    await expectToResume((extra) => made(start, end, extra), isStep(pass, layer, 9), madeOnce(start, end));
  });
});

describe('options of rules', () => {
  test('are refused with a fix where they are not known or out of range', () => {
    for (const pass of [fitToTap, (o: TrainingRuleOptions) => compensateEndToEnd({ steps: 1, ...o })]) {
      expect(() => pass({ freezeOscillations: { treshold: 0.1 } as never })).toThrow(
        expect.objectContaining({
          issues: [expect.objectContaining({ code: 'UNKNOWN_OPTION', fix: 'did you mean threshold?' })],
        }),
      );
      expect(() => pass({ freezeOscillations: { momentum: 2 } })).toThrow(
        expect.objectContaining({
          issues: [
            expect.objectContaining({
              code: 'OPTION_RANGE',
              path: 'freezeOscillations.momentum',
              fix: 'freezeOscillations.momentum: 0.5',
            }),
          ],
        }),
      );
      expect(() => pass({ freezeOscilations: {} } as never)).toThrow(
        expect.objectContaining({ code: 'UNKNOWN_OPTION' }),
      );
    }
  });

  test('are refused where they have nothing to do, or contradict each other', async () => {
    const channels = made({ annealGains: {} }, { steps: 0 }, { requantization: 'perChannel' });
    await expect(channels).rejects.toMatchObject({ code: 'OPTION_WITHOUT_EFFECT' });
    const rules = { standardizeWeights: true, accumulatorBits: 16 };
    expect(() => fitToTap(rules)).toThrow(expect.objectContaining({ code: 'CONFLICTING_OPTIONS' }));
    expect(() => fitToTap({ standardizeWeights: 1 as never })).toThrow(
      expect.objectContaining({ code: 'OPTION_RANGE' }),
    );
    expect(() => fitToTap({ annealGains: { until: -1 } })).toThrow(
      expect.objectContaining({
        issues: [expect.objectContaining({ path: 'annealGains.until' })],
      }),
    );
  });

  test('are refused where no weight moves', () => {
    expect(() => compensateEndToEnd({ steps: 1, train: 'gridsAndBiases', freezeOscillations: {} })).toThrow(
      expect.objectContaining({ code: 'CONFLICTING_OPTIONS' }),
    );
    for (const pass of [fitToTap, compensateEndToEnd]) {
      expect(() => pass({ steps: 0, standardizeWeights: true })).toThrow(
        expect.objectContaining({ code: 'OPTION_WITHOUT_EFFECT' }),
      );
      expect(() => pass({ steps: 0, standardizeWeights: false, accumulatorBits: 16 })).not.toThrow();
    }
    const stages = [{ weights: 4, steps: 2 }];
    expect(() => compensateThroughBits(stages, { steps: 0, standardizeWeights: true })).not.toThrow();
  });

  test('stand in the description of a pass in full, and only where they are on', () => {
    expect(compensateEndToEnd({ steps: 1 }).settings).not.toContain('freezeOscillations');
    expect(compensateEndToEnd({ steps: 1, freezeOscillations: { threshold: 0.1 } }).settings).toContain(
      '"freezeOscillations":{"threshold":0.1,"startThreshold":0.4,"momentum":0.01}',
    );
  });
});
