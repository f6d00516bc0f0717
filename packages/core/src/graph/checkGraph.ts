import { throwIfIssues, type Issue } from '@bnfree/integer-kernels';
import type { IntegerGraph } from './integerGraph.js';
import { checkBatch } from './rules/checkBatch.js';
import { checkClasses } from './rules/checkClasses.js';
import { checkFieldTypes } from './rules/checkFieldTypes.js';
import { checkInputTensors } from './rules/checkInputTensors.js';
import { checkNames } from './rules/checkNames.js';
import { checkOperands } from './rules/checkOperands.js';
import { checkOps } from './rules/checkOps.js';
import { checkOutputs } from './rules/checkOutputs.js';
import { checkSelfTest } from './rules/checkSelfTest.js';
import type { Rule } from './rules/rule.js';

/** Rules in groups: a group is only asked when the ones before it found nothing, because it relies on them. */
const ruleGroups: readonly (readonly Rule[])[] = [
  [checkFieldTypes],
  [checkNames, checkInputTensors, checkOps],
  [checkOperands, checkOutputs, checkBatch, checkClasses, checkSelfTest],
];

/** Finds everything that is wrong with a graph; empty when it is valid. */
export function checkGraph(graph: IntegerGraph): Issue[] {
  for (const rules of ruleGroups) {
    const issues = rules.flatMap((rule) => rule(graph));
    if (issues.length > 0) return issues;
  }
  return [];
}

/**
 * Throws unless the graph is valid.
 * @throws BnfreeError with every issue of checkGraph
 */
export function assertGraph(graph: IntegerGraph): void {
  throwIfIssues(checkGraph(graph));
}
