import type { Issue } from '@bnfree/core';
import { normalizationAffine } from '../teacher/batchNormAffine.js';
import type { Teacher } from '../teacher/teacher.js';
import { isLogits } from './outputTaps.js';
import type { PlannedInput, PlannedLayer, StudentPlan } from './studentPlan.js';

/**
 * What a user should know of a plan that can be carried out: material for `warning` events.
 *
 * - LOST_BIAS: the `divide` scheme has no bias, but the teacher's block has an offset.
 * - DEAD_CHANNELS: channels whose variance is zero become constants.
 * - UNSCALED_INPUT: pixels go into the teacher as they are stored, which few teachers expect.
 * - SHARED_LAYER: a layer that is used several times becomes as many, each with weights of its own.
 * - ROUNDED_OUTPUT: an output lies on a grid of few bits, because it is not the sums of a layer.
 */
export function planNotes(teacher: Teacher, plan: StudentPlan): Issue[] {
  return [
    ...plan.inputs.flatMap((input) => inputNotes(plan, input)),
    ...sharedLayers(teacher, plan),
    ...plan.nodes.flatMap((node) => (node.kind === 'layer' ? layerNotes(teacher, node) : [])),
    ...plan.outputs.flatMap((output) => (isLogits(plan, output) ? [] : [roundedOutput(output)])),
  ];
}

/** An image without a transform, that no rescaling or normalization takes first. */
function inputNotes({ nodes }: StudentPlan, { name, shape, zeroPoint, scale }: PlannedInput): Issue[] {
  const isTransformed = zeroPoint !== 0 || scale.numerator !== scale.denominator;
  const isRescaled = nodes.some(
    (node) => node.kind === 'layer' && node.operation.kind === 'affine' && node.input === name,
  );
  if (isTransformed || isRescaled || shape.length !== 3) return [];
  return [
    {
      code: 'UNSCALED_INPUT',
      path: `plan "${name}"`,
      message: 'Stored pixels, 0 to 255, go into the teacher as they are, which few teachers are trained on.',
      fix: 'for a teacher of (pixel - 128) / 128: input: { zeroPoint: 128, scale: { numerator: 1, denominator: 128 } }',
    },
  ];
}

function sharedLayers(teacher: Teacher, { nodes }: StudentPlan): Issue[] {
  const uses = new Map<Float32Array, string[]>();
  for (const node of nodes) {
    const kernel =
      node.kind === 'layer' ? teacher.parameters(node.teacherNodes[0]).kernel?.values : undefined;
    if (kernel !== undefined) uses.set(kernel, [...(uses.get(kernel) ?? []), node.name]);
  }
  return [...uses.values()]
    .filter((names) => names.length > 1)
    .map((names) => ({
      code: 'SHARED_LAYER',
      path: `plan "${names[0]}"`,
      message: `One layer of the teacher is used ${names.length} times and becomes ${names.length} layers with weights of their own: ${names.join(', ')}.`,
      fix: 'nothing has to be done; each is fitted to what arrives there, at the price of its own bytes',
    }));
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
