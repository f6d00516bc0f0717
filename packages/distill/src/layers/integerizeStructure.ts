import type { GraphNode } from '@bnfree/core';
import type { ActivationSpec } from '@bnfree/integer-kernels';
import type { PlannedStructure } from '../plan/studentPlan.js';
import { atShift, fromDyadic, toDyadic } from './dyadic.js';
import type { ValueGrid } from './stages.js';

/** The integer form of a structure and the grid of what it makes. */
export interface IntegerStructure {
  readonly node: GraphNode;
  readonly output: ValueGrid;
}

/**
 * Max pooling, average pooling and reshape keep the grid. A global average has finer values than its input, and gets
 * all 8 bits: its scale is `inputScale * quantMax / 255` (127 for signed values).
 */
export function integerizeStructure(plan: PlannedStructure, input: ValueGrid): IntegerStructure {
  const { operation, name } = plan;
  const shape = [1, ...plan.outputShape];
  const kept: ActivationSpec = { ...input.tensor, shape };
  const of = (
    op: GraphNode['op'],
    output: ValueGrid = { tensor: kept, scale: input.scale },
  ): IntegerStructure => ({
    node: { name, op, inputs: [plan.input] },
    output,
  });
  switch (operation.kind) {
    case 'reshape':
      return of({ op: 'reshape', inputs: [input.tensor], output: kept });
    case 'maxPool2d': {
      const { kernel, strides, padding } = operation;
      return of({ op: 'maxPool2d', inputs: [input.tensor], output: kept, kernel, strides, padding });
    }
    case 'averagePool2d': {
      const { kernel, strides, padding } = operation;
      return of({
        op: 'averagePool2d',
        inputs: [input.tensor],
        output: kept,
        kernel,
        strides,
        padding,
        rounding: 'halfUp',
      });
    }
    case 'globalAveragePool2d':
      return globalAverage(plan, input, shape);
  }
}

function globalAverage(plan: PlannedStructure, input: ValueGrid, shape: number[]): IntegerStructure {
  const { quantMin, quantMax: top, zeroPoint } = input.tensor;
  const isSigned = quantMin < zeroPoint;
  const largest = Math.max(top - zeroPoint, zeroPoint - quantMin);
  const quantMax = isSigned ? 127 : 255;
  const scale = toDyadic((fromDyadic(input.scale) * largest) / quantMax);
  const pixels = plan.inputShape[0] * plan.inputShape[1];
  const ratio = fromDyadic(input.scale) / (fromDyadic(scale) * pixels);
  const { multiplier, shift } = atShift(ratio, toDyadic(ratio).shift);
  const tensor: ActivationSpec = {
    shape,
    type: isSigned ? 'int8' : 'uint8',
    zeroPoint: 0,
    quantMin: isSigned ? -128 : 0,
    quantMax,
  };
  return {
    node: {
      name: plan.name,
      op: {
        op: 'globalAveragePool2d',
        inputs: [input.tensor],
        output: tensor,
        requantization: {
          kind: 'multiplier',
          rounding: 'halfUp',
          multipliers: Int32Array.of(multiplier),
          shifts: Int32Array.of(shift),
        },
      },
      inputs: [plan.input],
    },
    output: { tensor, scale },
  };
}
