import type { KernelBackend } from '@bnfree/integer-kernels';
import type { TrainingProgress } from '../checkpoint/trainingProgress.js';
import type { DistillEventListener } from '../events.js';
import type { PlannedUnit, StudentPlan } from '../plan/studentPlan.js';
import type { Teacher } from '../teacher/teacher.js';
import type { LayerFeed } from '../training/layerFeed.js';
import type { TeacherTail } from '../training/teacherTail.js';
import type { ValueBudget } from '../training/valueBudget.js';

/** What every pass may use, whatever it works on. */
export interface PassContext {
  readonly seed: number;
  readonly batchSize: number;
  /** How many bytes of values may be there at once. */
  readonly budget: ValueBudget;
  readonly emit: DistillEventListener;
  readonly signal: AbortSignal | undefined;
  /** Tells that a pass begins; the function that it returns tells that it has ended. */
  enter(pass: string): () => void;
  /** Checkpoint inside a long pass. */
  progress(pass: string): TrainingProgress;
}

/** One step of the work. Its types say which stage it takes, which it gives, and what it may use. */
export interface Pass<In, Out, Context extends PassContext> {
  readonly name: string;
  /** The pass's options as text: a checkpoint belongs to a run with the same ones. */
  readonly settings: string;
  /** Set by `pipe`: its parts tell their own beginning and end. */
  readonly isPipe?: true;
  run(input: In, context: Context): Promise<Out>;
}

/** All that a pass over one layer or merge may use besides that itself. */
export interface LayerContext extends PassContext {
  readonly teacher: Teacher;
  readonly plan: StudentPlan;
  readonly unit: PlannedUnit;
  /** Its place among all units. */
  readonly index: number;
  readonly count: number;
  /** Images to fit on, as they arrive at this unit. */
  readonly training: LayerFeed;
  /** Held-out images, as they arrive at this unit. */
  readonly validation: LayerFeed;
  /** The float layers above, which the tandem passes train or listen to. */
  readonly tail: TeacherTail;
  readonly backend: KernelBackend;
}

/** One step of making a layer. */
export type LayerPass<In, Out> = Pass<In, Out, LayerContext>;
