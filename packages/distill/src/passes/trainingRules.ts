import { unknownKeys } from '@bnfree/integer-kernels';
import type { Issue } from '@bnfree/core';
import type { StudentPlan } from '../plan/studentPlan.js';
import {
  freezeOscillations,
  resolveOscillations,
  type OscillationOptions,
} from '../training/freezeOscillations.js';
import { annealGains, canAnneal, resolveGains, type GainOptions } from '../training/annealGains.js';
import { limitAccumulators } from '../training/limitAccumulators.js';
import type { RuledLayer } from '../training/ruledLayer.js';
import { standardizeWeights } from '../training/standardizeWeights.js';
import { joinRules, type TrainingRule } from '../training/trainingRule.js';
import { bitIssues, shareIssues } from './rangeIssues.js';

/** What training may be held to beside its loss; each part is off where it is left out. */
export interface TrainingRuleOptions {
  /**
   * Freezes weights whose integer goes back and forth (Nagel et al. 2022, arXiv 2203.11086), above a frequency that falls as training goes
   * on; `{}` with the paper's numbers.
   */
  readonly freezeOscillations?: OscillationOptions;
  /**
   * Keeps the sums of products of every channel within accumulators of so many bits, whatever the input, by a bound on the sum of its
   * weights' magnitudes (A2Q: Colbert et al. 2023, arXiv 2308.13504), proven on the frozen integers: at 16 the fast kernels of short sums
   * apply. None by default.
   */
  readonly accumulatorBits?: number;
  /**
   * Trains layers of the scheme `perLayer` with a gain a channel that falls to none over a share of the steps: `{}`, or `{ until: 0.7 }`.
   * What is kept has one scale a layer. None by default.
   */
  readonly annealGains?: GainOptions;
  /**
   * Trains kernels as standardized ones with a gain and a mean a channel (scaled weight standardization: Brock et al. 2021, arXiv
   * 2101.08692), folded away in the end. false by default.
   */
  readonly standardizeWeights?: boolean;
}

export const ruleKeys = [
  'freezeOscillations',
  'accumulatorBits',
  'annealGains',
  'standardizeWeights',
] as const satisfies (keyof TrainingRuleOptions)[];

/** The options with their defaults. */
export interface ResolvedRules {
  readonly freezeOscillations?: Required<OscillationOptions>;
  readonly accumulatorBits?: number | null;
  readonly annealGains?: Required<GainOptions>;
  readonly standardizeWeights?: true;
}

/** The options with their defaults; what is off is left out, so that it is in no checkpoint's description. */
export function resolveRules(options: TrainingRuleOptions): ResolvedRules {
  const { freezeOscillations: oscillations, accumulatorBits, annealGains: gains } = options;
  return {
    ...(oscillations === undefined ? {} : { freezeOscillations: resolveOscillations(oscillations) }),
    ...(accumulatorBits === undefined ? {} : { accumulatorBits }),
    ...(gains === undefined ? {} : { annealGains: resolveGains(gains) }),
    ...(options.standardizeWeights === true ? { standardizeWeights: true } : {}),
  };
}

/** Problems of the options, for training of so many steps. */
export function ruleIssues(options: TrainingRuleOptions, steps: number): Issue[] {
  const { freezeOscillations: oscillations, annealGains: gains } = options;
  const { accumulatorBits = 32, standardizeWeights: isStandardized = false } = options;
  return [
    ...partIssues('freezeOscillations', oscillations, resolveOscillations),
    ...partIssues('annealGains', gains, resolveGains),
    ...bitIssues('accumulatorBits', accumulatorBits),
    ...(typeof isStandardized === 'boolean' ? [] : [notBoolean(isStandardized)]),
    ...(isStandardized && options.accumulatorBits !== undefined ? [standardizedLimit] : []),
    ...(steps === 0 ? movingRules(options).map(idleIssue) : []),
  ];
}

/** Names of the rules that are on and do something only while weights move; a bound holds without. */
export function movingRules(options: TrainingRuleOptions): (keyof TrainingRuleOptions)[] {
  return ruleKeys.filter(
    (key) => key !== 'accumulatorBits' && options[key] !== undefined && options[key] !== false,
  );
}

/** The issue of an option that is given where nothing is trained. */
export function idleIssue(path: string): Issue {
  return {
    code: 'OPTION_WITHOUT_EFFECT',
    path,
    message: 'got it beside 0 steps, in which nothing is trained',
    fix: 'steps: 1500, or leave it out',
  };
}

/** Problems of an option that holds shares by name. */
function partIssues<Part extends object>(
  path: string,
  part: Part | undefined,
  resolve: (part: Part) => { readonly [Key in keyof Part]: number },
): Issue[] {
  if (part === undefined) return [];
  const shares = Object.entries<number>({ ...resolve(part) } as Record<string, number>);
  const names = shares.map(([key]) => key);
  return [
    ...unknownKeys(part, names, path, 'UNKNOWN_OPTION'),
    ...shares.flatMap(([key, value]) => shareIssues(`${path}.${key}`, value)),
  ];
}

function notBoolean(value: unknown): Issue {
  return {
    code: 'OPTION_RANGE',
    path: 'standardizeWeights',
    message: `got ${String(value)}, expected true or false`,
    fix: 'standardizeWeights: true',
  };
}

const standardizedLimit: Issue = {
  code: 'CONFLICTING_OPTIONS',
  path: 'accumulatorBits',
  message: 'got it beside standardizeWeights, which gives weights sizes of their own',
  fix: 'standardizeWeights: false',
};

/** Rules that would change nothing in a student of this plan. */
export function uselessRuleIssues({ nodes }: StudentPlan, { annealGains: gains }: ResolvedRules): Issue[] {
  if (gains === undefined || nodes.some(canAnneal)) return [];
  return [
    {
      code: 'OPTION_WITHOUT_EFFECT',
      path: 'annealGains',
      message: "got it for a plan without layers of the scheme 'perLayer'",
      fix: "requantization: 'perLayer', or leave it out",
    },
  ];
}

/** The rules of some layers as one, in the form that `optimize` takes it; nothing where none is on. */
export function rulesOf(
  layers: readonly RuledLayer[],
  settings: ResolvedRules & { readonly learningRate: number; readonly stepLearningRate: number },
): { readonly rule?: TrainingRule } {
  const { freezeOscillations: oscillations, accumulatorBits = null, annealGains: gains } = settings;
  const rates = { weights: settings.learningRate, steps: settings.stepLearningRate };
  // In this order: each sees the weights as those before it show them.
  const rules = [
    ...(accumulatorBits === null ? [] : [limitAccumulators(layers, accumulatorBits)]),
    ...(settings.standardizeWeights === true ? [standardizeWeights(layers, rates)] : []),
    ...(gains === undefined ? [] : [annealGains(layers, gains, rates.steps)]),
    ...(oscillations === undefined ? [] : [freezeOscillations(layers, oscillations)]),
  ];
  return rules.length === 0 ? {} : { rule: joinRules(rules) };
}
