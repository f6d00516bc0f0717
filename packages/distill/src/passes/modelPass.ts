import type { KernelBackend } from '@bnfree/integer-kernels';
import type { Augmentation } from '../data/augmentation.js';
import type { ImagePool } from '../data/imagePool.js';
import type { FrozenUnit } from '../layers/stages.js';
import type { StudentPlan } from '../plan/studentPlan.js';
import type { Teacher } from '../teacher/teacher.js';
import type { Pass, PassContext } from './pass.js';

/** All that a stage over the whole student may use. */
export interface ModelContext extends PassContext {
  readonly teacher: Teacher;
  readonly plan: StudentPlan;
  readonly training: ImagePool;
  readonly validation: ImagePool;
  readonly augmentation: Augmentation;
  readonly backend: KernelBackend;
}

/** A stage over the whole student: takes all frozen units and gives them back, better or as they were. */
export type ModelPass = Pass<readonly FrozenUnit[], readonly FrozenUnit[], ModelContext>;
