import type { Check } from '../checks/check.js';
import type { Augmentation } from '../data/augmentation.js';
import type { FrozenLayer } from '../layers/stages.js';
import type { BlockPass } from '../passes/blockPass.js';
import type { MergePass } from '../passes/calibrateMerge.js';
import type { ModelPass } from '../passes/modelPass.js';
import type { LayerPass } from '../passes/pass.js';
import type { TailPass } from '../passes/retrainTail.js';
import type { PlannedLayer, StudentPlan } from '../plan/studentPlan.js';
import type { Teacher } from '../teacher/teacher.js';

/** How a student is made. */
export interface Recipe {
  readonly plan: (teacher: Teacher) => StudentPlan;
  /** Makes one layer, from its plan to integers. */
  readonly layer: LayerPass<PlannedLayer, FrozenLayer>;
  /** Chooses the grid of each residual sum and concatenation; `calibrateMerge()` by default. */
  readonly merge?: MergePass;
  /** Fits several units together once each of them is made. Nothing by default. */
  readonly block?: BlockPass;
  /** What happens to the float layers above after each unit. Nothing by default. */
  readonly tail?: TailPass;
  /** Stages over the whole student once every unit is frozen. None by default. */
  readonly model?: ModelPass;
  /** Must all pass before a model is given out. */
  readonly checks?: readonly Check[];
  /** Images of a training step; 64 by default. */
  readonly batchSize?: number;
  /** Augmented images that the layers are fitted on, at most; 6400 by default. */
  readonly fitImages?: number;
  readonly augmentation?: Augmentation;
}

export const recipeKeys = [
  'plan',
  'layer',
  'merge',
  'block',
  'tail',
  'model',
  'checks',
  'batchSize',
  'fitImages',
  'augmentation',
] as const satisfies readonly (keyof Recipe)[];
