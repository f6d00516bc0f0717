import { unknownKeys, type WeightCode } from '@bnfree/integer-kernels';
import { throwIfIssues } from '@bnfree/core';
import type { FittedLayer, InitializedLayer } from './layers/stages.js';
import type { BlockPass } from './passes/blockPass.js';
import { calibrateRange } from './passes/calibrateRange.js';
import { compensateEndToEnd, type CompensateEndToEndOptions } from './passes/compensateEndToEnd.js';
import { compensateThroughBits, type CompensationStage } from './passes/compensateThroughBits.js';
import { fitBlocks, type FitBlocksOptions } from './passes/fitBlocks.js';
import { fitThroughBits } from './passes/fitThroughBits.js';
import { fitToTap, type FitToTapOptions } from './passes/fitToTap.js';
import type { ModelPass } from './passes/modelPass.js';
import type { LayerPass } from './passes/pass.js';
import { pipe } from './passes/pipe.js';
import type { RetrainTailOptions } from './passes/retrainTail.js';
import type { StageBits } from './plan/moreBits.js';
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
  /**
   * How weights are stored, those of the first and last layer apart: `sign` at 1 bit, else `twosComplement`. `odd` has -3, -1, 1 and 3 at 2 bits,
   * where two's complement is used as -1, 0 and 1.
   */
  readonly code?: WeightCode;
  /** `throughBits`: bits at which each layer is made before it is made at its own, most first. */
  readonly fit?: Omit<FitToTapOptions, 'tailWeight'> & { readonly throughBits?: readonly StageBits[] };
  /**
   * End-to-end compensation; no steps by default. `throughBits`: stages at more bits before it, most first.
   */
  readonly tune?: Partial<CompensateEndToEndOptions> & {
    readonly throughBits?: readonly CompensationStage[];
  };
  /**
   * What the teacher's remaining layers do: nothing; add their loss to each fit (`frozen`); or retrain behind each
   * frozen layer (`retrained`). `none` by default.
   */
  readonly tail?: 'none' | 'frozen' | 'retrained';
  readonly retrainTail?: RetrainTailOptions;
  /** Fits several units together once each of them is made, by the ends of the blocks; not at all by default. */
  readonly blocks?: FitBlocksOptions;
}

/** The options, by what they are for. */
export interface GroupedOptions {
  readonly plan: PlanOptions;
  /** From the start to a fitted layer. */
  readonly fit: LayerPass<InitializedLayer, FittedLayer>;
  readonly tune: ModelPass;
  readonly tail: 'none' | 'frozen' | 'retrained';
  readonly retrain: RetrainTailOptions;
  readonly block: BlockPass | undefined;
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
const ownKeys = [
  'bits',
  'code',
  'fit',
  'tune',
  'tail',
  'retrainTail',
  'blocks',
] as const satisfies (keyof DistillOptions)[];
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
  const { bits, code, fit, tune, tail = 'none' } = options;
  const { throughBits: fitStages, ...fitOptions } = fit ?? {};
  const { throughBits: tuneStages, ...tuneOptions } = tune ?? {};
  const fitLayer = pipe(calibrateRange(), fitToTap({ ...fitOptions, tailWeight: tail === 'frozen' ? 1 : 0 }));
  const compensation = { ...tuneOptions, steps: tuneOptions.steps ?? 0 };
  return {
    plan: {
      firstAndLast: { weights: { bits: 8 } },
      weights: {
        ...(bits?.weights === undefined ? {} : { bits: bits.weights }),
        ...(code === undefined ? {} : { code }),
      },
      ...(bits?.activations === undefined ? {} : { activations: { bits: bits.activations } }),
      ...pick(options, planKeys),
    },
    fit: fitStages === undefined ? fitLayer : fitThroughBits(fitStages, fitLayer),
    tune:
      tuneStages === undefined
        ? compensateEndToEnd(compensation)
        : compensateThroughBits(tuneStages, compensation),
    tail,
    retrain: options.retrainTail ?? {},
    block: options.blocks === undefined ? undefined : fitBlocks(options.blocks),
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
