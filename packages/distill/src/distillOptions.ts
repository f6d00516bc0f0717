import { unknownKeys } from '@bnfree/integer-kernels';
import { throwIfIssues } from '@bnfree/core';
import type { CompensateEndToEndOptions } from './passes/compensateEndToEnd.js';
import type { FitToTapOptions } from './passes/fitToTap.js';
import type { RetrainTailOptions } from './passes/retrainTail.js';
import type { PlanOptions } from './plan/planOptions.js';
import type { DistillerOptions } from './distiller.js';
import { runKeys, type RunOptions } from './run/runOptions.js';

type PlanChoices = Omit<PlanOptions, 'weights' | 'activations'>;
type RecipeChoices = Pick<DistillerOptions, 'batchSize' | 'fitImages' | 'augmentation' | 'baseline'>;
type RunChoices = Omit<RunOptions, 'teacher' | 'data'>;

/** Everything that `distillLayerwise` can be told; all of it has a default. */
export interface DistillOptions extends PlanChoices, RecipeChoices, RunChoices {
  /** 8 and 8 by default. Weights of the first and last layer keep 8 bits unless `firstAndLast` says otherwise. */
  readonly bits?: { readonly weights?: number; readonly activations?: number };
  readonly fit?: Omit<FitToTapOptions, 'tailWeight'>;
  /** End-to-end compensation; no steps by default. */
  readonly tune?: Partial<CompensateEndToEndOptions>;
  /**
   * What the teacher's remaining layers do: nothing; add their loss to each fit (`frozen`); or retrain behind each
   * frozen layer (`retrained`). `none` by default.
   */
  readonly tail?: 'none' | 'frozen' | 'retrained';
  readonly retrainTail?: RetrainTailOptions;
}

/** The options, by what they are for. */
export interface GroupedOptions {
  readonly plan: PlanOptions;
  readonly fit: FitToTapOptions;
  readonly tune: CompensateEndToEndOptions;
  readonly tail: 'none' | 'frozen' | 'retrained';
  readonly retrain: RetrainTailOptions;
  readonly recipe: RecipeChoices;
  readonly run: RunChoices;
}

const planKeys = [
  'requantization',
  'firstAndLast',
  'input',
  'inputs',
  'classes',
  'layers',
] as const satisfies (keyof PlanChoices)[];
const recipeKeys = [
  'batchSize',
  'fitImages',
  'augmentation',
  'baseline',
] as const satisfies (keyof RecipeChoices)[];
const ownKeys = ['bits', 'fit', 'tune', 'tail', 'retrainTail'] as const satisfies (keyof DistillOptions)[];
const runChoiceKeys = runKeys.filter((key) => key !== 'teacher' && key !== 'data');

/** Sorts the options; unknown ones are errors with a suggestion. */
export function groupOptions(options: DistillOptions): GroupedOptions {
  throwIfIssues(
    unknownKeys(
      options,
      [...ownKeys, ...planKeys, ...recipeKeys, ...runChoiceKeys],
      'distillLayerwise',
      'UNKNOWN_OPTION',
    ),
  );
  const { bits, fit, tune, tail = 'none' } = options;
  return {
    plan: {
      firstAndLast: { weights: { bits: 8 } },
      ...(bits?.weights === undefined ? {} : { weights: { bits: bits.weights } }),
      ...(bits?.activations === undefined ? {} : { activations: { bits: bits.activations } }),
      ...pick(options, planKeys),
    },
    fit: { ...fit, tailWeight: tail === 'frozen' ? 1 : 0 },
    tune: { ...tune, steps: tune?.steps ?? 0 },
    tail,
    retrain: options.retrainTail ?? {},
    recipe: pick(options, recipeKeys),
    run: pick(options, runChoiceKeys),
  };
}

/** The given properties that are set. */
function pick<Source extends object, Key extends keyof Source>(
  source: Source,
  keys: readonly Key[],
): Pick<Source, Key> {
  return Object.fromEntries(
    keys.filter((key) => source[key] !== undefined).map((key) => [key, source[key]]),
  ) as Pick<Source, Key>;
}
