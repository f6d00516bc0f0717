import { inputsOf, type PlanNode, type PlannedLayer, type StudentPlan } from '../plan/studentPlan.js';

/** Two layers between which channels can be scaled without changing what the network computes. */
export interface ChannelPair {
  readonly first: PlannedLayer;
  readonly second: PlannedLayer;
  /** Values that carry the channels from one to the other, the first layer's own among them. */
  readonly between: readonly string[];
}

/**
 * Pairs of layers, the first of which gives its value to the second alone, through pools, flattens and nothing else.
 *
 * The first one's activation must be homogeneous: a ReLU or none. Six of a ReLU6 would not scale along, nor would the fixed grid of a
 * low-bit teacher.
 */
export function channelPairs(plan: StudentPlan): ChannelPair[] {
  return plan.nodes.flatMap((node) => {
    if (node.kind !== 'layer' || !canBeScaled(node) || plan.outputs.includes(node.name)) return [];
    const between = [node.name];
    for (;;) {
      const takers = takersOf(plan, between[between.length - 1]);
      const [taker] = takers;
      if (takers.length !== 1 || plan.outputs.includes(taker.name) !== isEnd(taker)) return [];
      if (taker.kind === 'layer')
        return takesChannels(taker) ? [{ first: node, second: taker, between }] : [];
      if (taker.kind !== 'structure' || !keepsChannels(taker)) return [];
      between.push(taker.name);
    }
  });
}

/** An output may only be the second of a pair, whose own values stay as they are. */
function isEnd(node: PlanNode): boolean {
  return node.kind === 'layer' && node.activations === null;
}

function takersOf({ nodes }: StudentPlan, name: string): PlanNode[] {
  return nodes.filter((node) => inputsOf(node).includes(name));
}

function canBeScaled({ activation, activations }: PlannedLayer): boolean {
  return activation !== 'relu6' && activations !== null && activations.step === undefined;
}

function takesChannels({ operation }: PlannedLayer): boolean {
  return (operation.kind === 'conv2d' && operation.groups === 1) || operation.kind === 'dense';
}

/** Channels stay the last axis, or are the fastest index of a flattened image. */
function keepsChannels({ operation, outputShape }: Extract<PlanNode, { kind: 'structure' }>): boolean {
  return operation.kind !== 'reshape' || outputShape.length === 1;
}
