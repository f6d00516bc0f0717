import { unknownKeys } from '@bnfree/integer-kernels';
import type { Issue } from '@bnfree/core';
import {
  freezeOscillations,
  resolveOscillations,
  type OscillationOptions,
} from '../training/freezeOscillations.js';
import type { RuledLayer } from '../training/ruledLayer.js';
import { joinRules, type TrainingRule } from '../training/trainingRule.js';
import { shareIssues } from './rangeIssues.js';

/** What training may be held to beside its loss; each part is off where it is left out. */
export interface TrainingRuleOptions {
  /**
   * Freezes weights whose integer goes back and forth (Nagel et al. 2022, arXiv 2203.11086), above a frequency that falls as training goes
   * on; `{}` with the paper's numbers.
   */
  readonly freezeOscillations?: OscillationOptions;
}

export const ruleKeys = ['freezeOscillations'] as const satisfies (keyof TrainingRuleOptions)[];

type ResolvedRules = { readonly [Key in keyof TrainingRuleOptions]: Required<TrainingRuleOptions[Key]> };

/** The options with their defaults; what is off is left out, so that it is in no checkpoint's description. */
export function resolveRules({ freezeOscillations: oscillations }: TrainingRuleOptions): ResolvedRules {
  return oscillations === undefined ? {} : { freezeOscillations: resolveOscillations(oscillations) };
}

/** Problems of the options. */
export function ruleIssues({ freezeOscillations: oscillations }: TrainingRuleOptions): Issue[] {
  if (oscillations === undefined) return [];
  const resolved = Object.entries<number>({ ...resolveOscillations(oscillations) });
  return [
    ...unknownKeys(
      oscillations,
      resolved.map(([key]) => key),
      'freezeOscillations',
      'UNKNOWN_OPTION',
    ),
    ...resolved.flatMap(([key, value]) => shareIssues(`freezeOscillations.${key}`, value)),
  ];
}

/** The rules of some layers as one, in the form that `optimize` takes it; nothing where none is on. */
export function rulesOf(
  layers: readonly RuledLayer[],
  { freezeOscillations: oscillations }: ResolvedRules,
  others: readonly TrainingRule[] = [],
): { readonly rule?: TrainingRule } {
  const rules = [
    ...others,
    ...(oscillations === undefined ? [] : [freezeOscillations(layers, oscillations)]),
  ];
  return rules.length === 0 ? {} : { rule: joinRules(rules) };
}
