import { isNonNegativeFunction } from '../functions/pointwiseFunction.js';
import type { Teacher } from '../teacher/teacher.js';
import type { ChosenBlock } from './layerChoices.js';
import type { PlanValue } from './planLayer.js';
import type { ResolvedSettings } from './resolveSettings.js';
import type { PlannedMerge } from './studentPlan.js';

/** The student's merge for a block that begins with a sum, a concatenation or a function. */
export function planMerge(
  teacher: Teacher,
  { tap, settings }: ChosenBlock & { readonly settings: ResolvedSettings },
  operation: PlannedMerge['operation'],
  inputs: readonly PlanValue[],
): PlannedMerge {
  // Values that cannot be below zero keep the unsigned grid, which has twice the levels.
  const isNonNegative =
    operation.kind === 'lookup'
      ? isNonNegativeFunction(operation.form)
      : inputs.every((value) => value.isNonNegative);
  return {
    kind: 'merge',
    name: tap.name,
    inputs: inputs.map(({ name }) => name),
    operation,
    tap: tap.tap,
    teacherNodes: tap.teacherNodes,
    activation: tap.activation === 'linear' && isNonNegative ? 'relu' : tap.activation,
    inputShapes: inputs.map(({ shape }) => shape),
    outputShape: teacher.nodes.find(({ name }) => name === tap.tap)?.shape ?? [],
    activations: settings.activations,
  };
}
