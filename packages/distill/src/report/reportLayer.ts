import { definitionOf, unpackWeights, weightRange, type Weights } from '@bnfree/integer-kernels';
import type { FrozenLayer, FrozenUnit } from '../layers/stages.js';
import { layerByteLength } from '../plan/planCost.js';
import type { UnitRecord } from '../run/unitCheckpoint.js';
import type { LayerReport } from './distillReport.js';

/** A unit of a student and what is known of how it came to be. */
export interface Told<Unit extends FrozenUnit> {
  readonly unit: Unit;
  readonly record: UnitRecord;
  /** Of the same unit without fitting; null where no baseline was made. */
  readonly baselineSqnrDb: number | null;
}

/** What the report says of a layer; `inputScale` is the worth of a step of its input. */
export function reportLayer(
  { unit, record, baselineSqnrDb }: Told<FrozenLayer>,
  inputScale: number,
): LayerReport {
  const { plan, shadow, nodes } = unit;
  const ops = nodes.map(({ op }) => op);
  const weighted = ops.find((op) => 'weights' in op);
  if (weighted === undefined) throw new RangeError(`layer "${plan.name}" has no weights`);
  const bound = definitionOf(weighted).accumulatorBound(weighted).magnitude;
  return {
    name: plan.name,
    op: plan.operation.kind,
    weightBits: plan.weights.bits,
    activationBits: plan.activations?.bits ?? null,
    requantization: plan.requantization,
    sqnrDb: record.sqnrDb,
    baselineSqnrDb,
    fit: shadow.stage === 'fitted' ? shadow.fit : null,
    weightStep: shadow.steps.weightSteps[0],
    activationStep: shadow.steps.activationStep,
    accumulatorBound: bound,
    headroomBits: Math.log2(2 ** 31 / Math.max(1, bound)),
    scaleFactor: scaleFactor(unit, inputScale),
    byteLength: layerByteLength(plan),
    weightHistogram: weightHistogram(weighted.weights),
    outputHistogram: record.outputHistogram,
    macs: ops.reduce((sum, op) => sum + definitionOf(op).macs(op), 0),
    durationMs: record.durationMs,
  };
}

/** `weightStep * inputScale / activationStep`: what the requantizer approximates by whole numbers. */
function scaleFactor({ shadow: { steps } }: FrozenLayer, inputScale: number): number | null {
  return steps.activationStep === null ? null : (steps.weightSteps[0] * inputScale) / steps.activationStep;
}

function weightHistogram(weights: Weights): LayerReport['weightHistogram'] {
  const { min, max } = weightRange(weights);
  const counts = new Array<number>(max - min + 1).fill(0);
  for (const weight of unpackWeights(weights)) counts[weight - min] = counts[weight - min] + 1;
  return { min, counts };
}
