import { BnfreeError, type Issue } from '@bnfree/core';
import { checkPlan } from '../plan/checkPlan.js';
import { planCost, type PlanCost } from '../plan/planCost.js';
import { planNotes } from '../plan/planNotes.js';
import type { StudentPlan } from '../plan/studentPlan.js';
import { isGraphModel } from '../teacher/graphModel/tfjsGraphModel.js';
import { openTeacher } from '../teacher/openTeacher.js';
import { isLayersModel } from '../teacher/tfjsLayersModel.js';
import type { Recipe } from './recipe.js';
import type { RunOptions } from './runOptions.js';

/** What a run would do, and all that stands against it. */
export interface DryRun {
  /** Empty when the run can start. */
  readonly issues: readonly Issue[];
  /** What a run would warn of. */
  readonly notes: readonly Issue[];
  /** null when the issues leave no plan. */
  readonly plan: StudentPlan | null;
  /** Weights, bytes and multiplications of each planned layer. */
  readonly cost: PlanCost | null;
}

/** Plans a teacher's student and lists every issue at once; reads no data. */
export function examine(
  { plan: makePlan, block }: Pick<Recipe, 'plan' | 'block'>,
  teacher: RunOptions['teacher'],
): DryRun {
  try {
    if (isGraphModel(teacher)) throw new BnfreeError([unopenedGraph()]);
    const opened = isLayersModel(teacher) ? openTeacher(teacher) : teacher;
    const plan = makePlan(opened);
    const form = checkPlan(plan, opened);
    const issues = form.length > 0 ? form : [...(block?.issuesOf(plan) ?? [])];
    return { issues, notes: planNotes(opened, plan), plan, cost: planCost(plan) };
  } catch (error) {
    if (error instanceof BnfreeError) return { issues: error.issues, notes: [], plan: null, cost: null };
    throw error;
  }
}

/** A graph model shows its topology to nobody who cannot wait. */
function unopenedGraph(): Issue {
  return {
    code: 'NOT_A_TEACHER',
    path: 'teacher',
    message: 'Got a GraphModel, which takes time to open; expected an opened teacher.',
    fix: 'distiller.dryRun(await openGraphTeacher(model))',
  };
}
