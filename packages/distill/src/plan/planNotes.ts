import type { Issue } from '@bnfree/core';
import { normalizationAffine } from '../teacher/batchNormAffine.js';
import type { Teacher } from '../teacher/teacher.js';
import { isLogits } from './outputTaps.js';
import type { PlannedLayer, StudentPlan } from './studentPlan.js';

/**
 * What a user should know of a plan that can be carried out: material for `warning` events.
 *
 * - LOST_BIAS: the `divide` scheme has no bias, but the teacher's block has an offset.
 * - DEAD_CHANNELS: channels whose variance is zero become constants.
 * - ROUNDED_OUTPUT: an output lies on a grid of few bits, because it is not the sums of a layer.
 */
export function planNotes(teacher: Teacher, plan: StudentPlan): Issue[] {
  return [
    ...plan.nodes.flatMap((node) => (node.kind === 'layer' ? layerNotes(teacher, node) : [])),
    ...plan.outputs.flatMap((output) => (isLogits(plan, output) ? [] : [roundedOutput(output)])),
  ];
}

function roundedOutput(output: string): Issue {
  return {
    code: 'ROUNDED_OUTPUT',
    path: `plan "${output}"`,
    message:
      'This output is rounded to the grid of its activations: it stands behind an activation, a merge or a pool, or something else takes it as well.',
    fix: `for int32 sums end the teacher before it; or give it more bits: layers: (l) => (l.name === '${output}' ? { bits: { activations: 8 } } : undefined)`,
  };
}

function layerNotes(teacher: Teacher, layer: PlannedLayer): Issue[] {
  const channels = layer.outputShape[layer.outputShape.length - 1];
  const { offset, dead } = normalizationAffine(teacher, layer.teacherNodes, channels);
  const { bias } = teacher.parameters(layer.teacherNodes[0]);
  const path = `plan "${layer.name}"`;
  const notes: Issue[] = [];
  if (layer.requantization === 'divide' && (offset.some(isNonZero) || bias?.some(isNonZero) === true)) {
    notes.push({
      code: 'LOST_BIAS',
      path,
      message: `The divide scheme has no bias, so that the offset of ${layer.teacherNodes.join(', ')} must be learned into the weights.`,
      fix: `requantization: 'perLayer' keeps a bias for each channel`,
    });
  }
  if (dead.length > 0) {
    notes.push({
      code: 'DEAD_CHANNELS',
      path,
      message: `${dead.length} of ${channels} channels have no variance and become constants: ${dead.slice(0, 8).join(', ')}${dead.length > 8 ? ', ...' : ''}.`,
      fix: 'nothing has to be done; a teacher without these channels would be smaller',
    });
  }
  return notes;
}

function isNonZero(value: number): boolean {
  return value !== 0;
}
