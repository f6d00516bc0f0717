import type { Issue } from '@bnfree/core';
import type { FrozenUnit } from '../layers/stages.js';
import type { PlannedBlock } from '../plan/planBlocks.js';
import type { StudentPlan } from '../plan/studentPlan.js';
import type { LayerContext, Pass } from './pass.js';

/** All that a pass over a block may use; the images stand before the block's first unit. */
export interface BlockContext extends LayerContext {
  readonly block: PlannedBlock;
}

/** Takes all units that are frozen so far, the block's last, and gives them back with those of the block anew. */
export interface BlockPass extends Pass<readonly FrozenUnit[], readonly FrozenUnit[], BlockContext> {
  blocksOf(plan: StudentPlan): readonly PlannedBlock[];
  issuesOf(plan: StudentPlan): readonly Issue[];
}
