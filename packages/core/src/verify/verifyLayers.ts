import { definitionOf, type Issue, type Op } from '@bnfree/integer-kernels';
import { headroomBits } from '../graph/headroomBits.js';

/** The proof for one layer: no partial sum exceeds the bound, whatever the input and the order of summation. */
export interface LayerProof {
  readonly name: string;
  readonly accumulatorBound: number;
  readonly headroomBits: number;
}

const maximalAccumulator = 2147483647;

/** Bounds every accumulator of a list of ops, and reports those that could overflow. */
export function verifyLayers(
  layers: readonly { readonly name: string; readonly op: Op }[],
  issues: Issue[],
): LayerProof[] {
  return layers.map(({ name, op }) => {
    const { magnitude, channel } = definitionOf(op).accumulatorBound(op);
    if (magnitude > maximalAccumulator) {
      issues.push({
        code: 'VERIFY_ACCUMULATOR',
        path: name,
        message: `channel ${channel} can reach ${magnitude}, expected at most ${maximalAccumulator}`,
        fix: 'use fewer bits for the weights or activations of this layer, or split it',
      });
    }
    return { name, accumulatorBound: magnitude, headroomBits: headroomBits(magnitude) };
  });
}
