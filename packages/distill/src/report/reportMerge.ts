import type { FrozenMerge } from '../layers/stages.js';
import type { MergeReport } from './distillReport.js';
import type { Told } from './reportLayer.js';

/** What the report says of a residual sum or a concatenation. */
export function reportMerge({ unit, record, baselineSqnrDb }: Told<FrozenMerge>): MergeReport {
  const { plan, shadow } = unit;
  return {
    name: plan.name,
    op: plan.operation.kind,
    inputs: plan.inputs,
    activationBits: plan.activations.bits,
    sqnrDb: record.sqnrDb,
    baselineSqnrDb,
    activationStep: shadow.activationStep,
    outputHistogram: record.outputHistogram,
  };
}
