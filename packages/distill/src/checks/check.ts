import type { IntegerGraph, Issue } from '@bnfree/core';
import type { KernelBackend } from '@bnfree/integer-kernels';
import type { ImagePool } from '../data/imagePool.js';
import type { FrozenUnit } from '../layers/stages.js';
import type { StudentPlan } from '../plan/studentPlan.js';

/** What a check may look at. */
export interface CheckContext {
  readonly graph: IntegerGraph;
  readonly plan: StudentPlan;
  readonly units: readonly FrozenUnit[];
  readonly validation: ImagePool;
  readonly backend: KernelBackend;
}

/** A claim about a finished student. Issues are why it does not hold. */
export interface Check {
  readonly name: string;
  run(context: CheckContext): Promise<readonly Issue[]>;
}
