import { BnfreeError, throwIfIssues } from '@bnfree/core';
import { checkPlan } from './checkPlan.js';
import type { StudentPlan } from './studentPlan.js';

/** A plan as JSON text that people can edit; ends with a newline. */
export function encodePlan(plan: StudentPlan): string {
  return `${JSON.stringify(plan, null, 2)}\n`;
}

/** Reads a plan that {@link encodePlan} wrote and people may have edited. Throws INVALID_PLAN and WEIGHT_CODE issues. */
export function decodePlan(json: string): StudentPlan {
  const value = parse(json);
  throwIfIssues(checkPlan(value));
  return value as StudentPlan;
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    const fix = 'write the plan again with encodePlan(planStudent(teacher, options))';
    throw new BnfreeError(
      [{ code: 'INVALID_PLAN', path: 'plan', message: `Got text that is not JSON: ${message}.`, fix }],
      {
        cause,
      },
    );
  }
}
