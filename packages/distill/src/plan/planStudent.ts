import { throwIfIssues, type Issue } from '@bnfree/core';
import type { Teacher } from '../teacher/teacher.js';
import { checkPlanOptions } from './checkPlanOptions.js';
import { draftPlan } from './draftPlan.js';
import type { PlanOptions } from './planOptions.js';
import type { StudentPlan } from './studentPlan.js';

/**
 * Plans the integer student of a teacher: one layer per tap, structures between them, no numbers learned.
 *
 * Throws one error with all that {@link planIssues} finds.
 */
export function planStudent(teacher: Teacher, options: PlanOptions = {}): StudentPlan {
  throwIfIssues(checkPlanOptions(options));
  const { plan, issues } = draftPlan(teacher, options);
  throwIfIssues(issues);
  return plan;
}

/**
 * Every reason why a student cannot be planned, at once; empty when it can.
 *
 * UNKNOWN_OPTION, INVALID_OPTION, CONFLICTING_OPTIONS, WEIGHT_CODE, UNSUPPORTED_LAYER, UNSUPPORTED_TOPOLOGY,
 * SKIP_CHANGES_SHAPE.
 */
export function planIssues(teacher: Teacher, options: PlanOptions = {}): Issue[] {
  const wrong = checkPlanOptions(options);
  if (wrong.length === 0) return [...draftPlan(teacher, options).issues];
  // With broken options the teacher is still examined, under the defaults, keeping what is skipped.
  const { layers } = options;
  const isFunction = typeof layers === 'function' && !wrong.some(({ path }) => path === 'layers');
  return [...wrong, ...draftPlan(teacher, isFunction ? { layers } : {}).issues];
}
