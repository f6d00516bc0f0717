import type { Issue } from '@bnfree/core';
import type { PlanNode } from './studentPlan.js';

/** Fifteen thresholds are the most that a kernel compares with. */
export const maxThresholdBits = 4;

/** Thresholds of a layer whose activations have too many bits for them. `code` is that of the document's other issues. */
export function thresholdIssues(node: PlanNode, code: string, path: string): Issue[] {
  if (node.kind !== 'layer' || node.requantization !== 'thresholds') return [];
  const bits = node.activations?.bits ?? 0;
  if (bits <= maxThresholdBits) return [];
  return [
    {
      code,
      path,
      message: `Got thresholds for activations of ${bits} bits, expected at most ${maxThresholdBits}.`,
      fix: `layers: (l) => (l.name === '${node.name}' ? { requantization: 'perChannel' } : undefined)`,
    },
  ];
}
