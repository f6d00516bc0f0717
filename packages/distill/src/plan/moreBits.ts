import { unknownKeys } from '@bnfree/integer-kernels';
import type { Issue } from '@bnfree/core';
import type { PlannedLayer, PlannedUnit, PlanNode, StudentPlan } from './studentPlan.js';
import { maxThresholdBits } from './thresholdIssues.js';

/** Bits of one stage of training, 1 to 8. What is left out, and all that would be fewer than planned, stays as planned. */
export interface StageBits {
  readonly weights?: number;
  readonly activations?: number;
}

/**
 * A node with the bits of a stage, where those are more than its own. Signs become two's complement, thresholds stay at the bits
 * that they can have, and a grid that is the teacher's own is kept.
 */
export function withMoreBits<Node extends PlanNode>(node: Node, bits: StageBits): Node;
export function withMoreBits(node: PlanNode, bits: StageBits): PlanNode {
  if (node.kind === 'structure') return node;
  const activations = moreActivations(node, bits);
  if (node.kind === 'merge') return { ...node, activations: activations ?? node.activations };
  return { ...node, activations, weights: moreWeights(node, bits) };
}

function moreWeights({ weights }: PlannedLayer, bits: StageBits): PlannedLayer['weights'] {
  const more = Math.max(weights.bits, bits.weights ?? 0);
  if (more === weights.bits) return weights;
  return { bits: more, code: weights.code === 'sign' ? 'twosComplement' : weights.code };
}

function moreActivations(unit: PlannedUnit, bits: StageBits): PlannedUnit['activations'] {
  const { activations } = unit;
  if (activations === null || activations.step !== undefined) return activations;
  const isThreshold = unit.kind === 'layer' && unit.requantization === 'thresholds';
  const wanted = Math.min(bits.activations ?? 0, isThreshold ? maxThresholdBits : 8);
  return wanted > activations.bits ? { bits: wanted } : activations;
}

/** The same for a whole plan. */
export function planWithMoreBits(plan: StudentPlan, bits: StageBits): StudentPlan {
  return { ...plan, nodes: plan.nodes.map((node) => withMoreBits(node, bits)) };
}

/** Whether a stage gives a node other bits than another does. */
export function differsInBits(a: PlanNode, b: PlanNode): boolean {
  const bitsOf = (node: PlanNode): unknown[] =>
    node.kind === 'structure'
      ? []
      : [node.activations?.bits, node.kind === 'layer' ? node.weights.bits : undefined];
  return String(bitsOf(a)) !== String(bitsOf(b));
}

/** Problems of a list of stages; `others` are names that a stage may have besides. */
export function stageIssues(
  stages: readonly StageBits[],
  path: string,
  others: readonly string[] = [],
): Issue[] {
  return stages.flatMap((stage, i) => {
    const at = `${path}[${i}]`;
    const bits = (['weights', 'activations'] as const).filter((key) => stage[key] !== undefined);
    const fix = `${at}: { weights: 4, activations: 4 }`;
    const wrong = bits.filter((key) => ![1, 2, 3, 4, 5, 6, 7, 8].includes(stage[key] ?? 0));
    return [
      ...unknownKeys(stage, ['weights', 'activations', ...others], at, 'UNKNOWN_OPTION'),
      ...(bits.length === 0
        ? [
            {
              code: 'OPTION_RANGE',
              path: at,
              message: 'got no bits, expected weights, activations or both',
              fix,
            },
          ]
        : wrong.map((key) => ({
            code: 'OPTION_RANGE',
            path: `${at}.${key}`,
            message: `got ${stage[key]}, expected a whole number from 1 to 8`,
            fix,
          }))),
    ];
  });
}

/** The issue of stages that give no unit of a plan more bits than it has. */
export function uselessStageIssues(plan: StudentPlan, stages: readonly StageBits[], path: string): Issue[] {
  const isOfUse = stages.some((stage) =>
    plan.nodes.some((node) => differsInBits(node, withMoreBits(node, stage))),
  );
  if (isOfUse) return [];
  return [
    {
      code: 'OPTION_WITHOUT_EFFECT',
      path,
      message: `got ${JSON.stringify(stages)}, expected more bits than some layer has`,
      fix: `${path}: [{ weights: 4, activations: 4 }], or leave it out`,
    },
  ];
}
