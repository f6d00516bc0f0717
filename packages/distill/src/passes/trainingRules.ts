import { unknownKeys } from '@bnfree/integer-kernels';
import type { Issue } from '@bnfree/core';
import {
  freezeOscillations,
  resolveOscillations,
  type OscillationOptions,
} from '../training/freezeOscillations.js';
import { limitAccumulators } from '../training/limitAccumulators.js';
import type { RuledLayer } from '../training/ruledLayer.js';
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
}

export const ruleKeys = [
  'freezeOscillations',
  'accumulatorBits',
] as const satisfies (keyof TrainingRuleOptions)[];

/** The options with their defaults. */
export interface ResolvedRules {
  readonly freezeOscillations?: Required<OscillationOptions>;
  readonly accumulatorBits?: number | null;
}

/** The options with their defaults; what is off is left out, so that it is in no checkpoint's description. */
export function resolveRules({
  freezeOscillations: oscillations,
  accumulatorBits,
}: TrainingRuleOptions): ResolvedRules {
  return {
    ...(oscillations === undefined ? {} : { freezeOscillations: resolveOscillations(oscillations) }),
    ...(accumulatorBits === undefined ? {} : { accumulatorBits }),
  };
}

/** Problems of the options. */
export function ruleIssues({
  freezeOscillations: oscillations,
  accumulatorBits = 32,
}: TrainingRuleOptions): Issue[] {
  const resolved = oscillations === undefined ? {} : { ...resolveOscillations(oscillations) };
  const shares = Object.entries<number>(resolved);
  return [
    ...unknownKeys(
      oscillations ?? {},
      shares.map(([key]) => key),
      'freezeOscillations',
      'UNKNOWN_OPTION',
    ),
    ...shares.flatMap(([key, value]) => shareIssues(`freezeOscillations.${key}`, value)),
    ...bitIssues('accumulatorBits', accumulatorBits),
  ];
}

/** The rules of some layers as one, in the form that `optimize` takes it; nothing where none is on. */
export function rulesOf(
  layers: readonly RuledLayer[],
  { freezeOscillations: oscillations, accumulatorBits = null }: ResolvedRules,
): { readonly rule?: TrainingRule } {
  const rules = [
    ...(accumulatorBits === null ? [] : [limitAccumulators(layers, accumulatorBits)]),
    ...(oscillations === undefined ? [] : [freezeOscillations(layers, oscillations)]),
  ];
  return rules.length === 0 ? {} : { rule: joinRules(rules) };
}
