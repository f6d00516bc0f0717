import type { GraphNode } from '@bnfree/core';
import type { ActivationSpec, Rescale } from '@bnfree/integer-kernels';
import type { PlannedMerge } from '../plan/studentPlan.js';
import { functionTable } from '../functions/functionTable.js';
import { mergeGrid } from '../training/activationGrid.js';
import { activationSpec } from './activationSpec.js';
import { atShift, fromDyadic, toDyadic } from './dyadic.js';
import type { CalibratedMerge, FrozenMerge, ValueGrid } from './stages.js';

/** Sums stay below it, so that a float32 simulation computes them exactly as well. */
const largestSum = 2 ** 24;

const identity: Rescale = { multiplier: 1, shift: 0 };

/**
 * Turns a merge with a grid into integers; `inputs` are the grids of its values, in order.
 *
 * A sum brings its values to a fine common grid by exact products and rounds once, a concatenation rounds each value. A
 * function becomes the table of its rounded values.
 */
export function integerizeMerge(merge: CalibratedMerge, inputs: readonly ValueGrid[]): FrozenMerge {
  const { plan, activationStep } = merge;
  const output: ValueGrid = { tensor: mergeSpec(merge), scale: toDyadic(activationStep) };
  return { stage: 'frozen', plan, shadow: merge, nodes: mergeNodes(merge, inputs, output), output };
}

function mergeSpec({ plan, activationStep, zeroPoint }: CalibratedMerge): ActivationSpec {
  const { operation, activation, activations, outputShape } = plan;
  if (operation.kind !== 'lookup')
    return activationSpec(outputShape, activations.bits, activation, activationStep);
  const { type, min, max } = mergeGrid(plan, zeroPoint);
  const [quantMin, quantMax] = [min + zeroPoint, max + zeroPoint];
  return { shape: [1, ...outputShape], type, zeroPoint, quantMin, quantMax };
}

function mergeNodes(
  { plan, activationStep }: CalibratedMerge,
  inputs: readonly ValueGrid[],
  { tensor, scale }: ValueGrid,
): GraphNode[] {
  const ratios = inputs.map((input) => fromDyadic(input.scale) / fromDyadic(scale));
  switch (plan.operation.kind) {
    case 'add':
      return sumNodes(plan, inputs, ratios, tensor);
    case 'concat':
      return [concatNode(plan, inputs, ratios, tensor)];
    case 'lookup': {
      const [input] = inputs;
      const from = { tensor: input.tensor, step: fromDyadic(input.scale) };
      const table = functionTable(plan.operation.form, from, { tensor, step: activationStep });
      return [
        {
          name: plan.name,
          inputs: plan.inputs,
          op: { op: 'lookup', inputs: [input.tensor], output: tensor, table },
        },
      ];
    }
  }
}

function concatNode(
  plan: PlannedMerge,
  inputs: readonly ValueGrid[],
  ratios: readonly number[],
  output: ActivationSpec,
): GraphNode {
  return {
    name: plan.name,
    inputs: plan.inputs,
    op: {
      op: 'concat',
      inputs: inputs.map(({ tensor }) => tensor),
      output,
      axis: output.shape.length - 1,
      rescales: ratios.map((ratio) => (ratio === 1 ? identity : toDyadic(ratio))),
      rounding: 'halfUp',
    },
  };
}

/** One addition for two values; for more a chain of exact ones, whose last rounds. */
function sumNodes(
  plan: PlannedMerge,
  inputs: readonly ValueGrid[],
  ratios: readonly number[],
  output: ActivationSpec,
): GraphNode[] {
  const reach = inputs.reduce((sum, { tensor }, i) => sum + magnitude(tensor) * ratios[i], 0);
  const common = Math.min(31, Math.max(0, Math.floor(Math.log2(largestSum / reach)) - 1));
  const rescales = ratios.map((ratio): Rescale => ({
    multiplier: atShift(ratio, common).multiplier,
    shift: 0,
  }));
  const nodes: GraphNode[] = [];
  let left = { name: plan.inputs[0], tensor: inputs[0].tensor, rescale: rescales[0] };
  for (let index = 1; index < inputs.length; index += 1) {
    const isLast = index === inputs.length - 1;
    const right = { tensor: inputs[index].tensor, rescale: rescales[index] };
    const partial = partialSum(output, left, right);
    const name = isLast ? plan.name : `${plan.name}/sum${index}`;
    nodes.push({
      name,
      inputs: [left.name, plan.inputs[index]],
      op: {
        op: 'add',
        inputs: [left.tensor, right.tensor],
        output: isLast ? output : partial,
        leftShift: 0,
        rescales: [left.rescale, right.rescale],
        outputRescale: isLast ? { multiplier: 1, shift: common } : identity,
        rounding: 'halfUp',
      },
    });
    left = { name, tensor: partial, rescale: identity };
  }
  return nodes;
}

function magnitude({ quantMin, quantMax, zeroPoint }: ActivationSpec): number {
  return Math.max(quantMax - zeroPoint, zeroPoint - quantMin);
}

interface Term {
  readonly tensor: ActivationSpec;
  readonly rescale: Rescale;
}

/** The exact sum of two values on the common grid: int32, with the range that it can reach. */
function partialSum({ shape }: ActivationSpec, ...terms: readonly Term[]): ActivationSpec {
  const reach = (end: 'quantMin' | 'quantMax'): number =>
    terms.reduce(
      (sum, { tensor, rescale }) => sum + (tensor[end] - tensor.zeroPoint) * rescale.multiplier,
      0,
    );
  return { shape, type: 'int32', zeroPoint: 0, quantMin: reach('quantMin'), quantMax: reach('quantMax') };
}
