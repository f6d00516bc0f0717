import type { AccuracySetting } from '../settings.js';
import { batchSize } from './methodContext.js';

/** Work of a row's training. */
export interface TrainingCost {
  readonly steps: number;
  readonly macs: number;
}

/** A backward pass costs about two forward passes: one for the input's gradient, one for the weights'. */
const FORWARD_AND_BACKWARD = 3;
/** The teacher tells its classes at every step. */
const TEACHER = 1;

/**
 * Work of the two stages: each layer's fit, forward and backward, with the pass of teacher and frozen student that brings
 * it its images; then the whole student, forward and backward, with the teacher.
 */
export function distillationCost(
  { fitSteps, tuneSteps }: Pick<AccuracySetting, 'fitSteps' | 'tuneSteps'>,
  { modelMacs, layers }: { readonly modelMacs: number; readonly layers: number },
): TrainingCost {
  const fit = fitSteps * batchSize * (FORWARD_AND_BACKWARD + 2) * modelMacs;
  return {
    steps: fitSteps * layers + tuneSteps,
    macs: fit + tuneSteps * batchSize * (FORWARD_AND_BACKWARD + TEACHER) * modelMacs,
  };
}

/** Work of retraining the teacher's remaining layers, half of the model on an average, behind each frozen one but the last. */
export function tailCost(
  steps: number,
  { modelMacs, layers }: { readonly modelMacs: number; readonly layers: number },
): TrainingCost {
  const count = steps * (layers - 1);
  return { steps: count, macs: count * batchSize * (FORWARD_AND_BACKWARD / 2 + TEACHER) * modelMacs };
}

/** Steps of end-to-end training with a teacher that cost as much. */
export function stepsOfCost(macs: number, modelMacs: number, withTeacher: boolean): number {
  const passes = FORWARD_AND_BACKWARD + (withTeacher ? TEACHER : 0);
  return Math.round(macs / (batchSize * passes * modelMacs));
}
