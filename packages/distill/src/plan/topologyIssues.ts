import { closestName } from '@bnfree/integer-kernels';
import type { Issue } from '@bnfree/core';
import type { Teacher, TeacherNode } from '../teacher/teacher.js';
import type { PlanOptions } from './planOptions.js';

/** What is wrong with a teacher's inputs, and with what the options say of them. */
export function topologyIssues(teacher: Teacher, options: Pick<PlanOptions, 'inputs'>): Issue[] {
  const issues: Issue[] = [];
  for (const name of Object.keys(options.inputs ?? {})) {
    if (teacher.inputs.includes(name)) continue;
    issues.push({
      code: 'UNKNOWN_OPTION',
      path: `inputs.${name}`,
      message: `Got "${name}", expected one of the teacher's inputs: ${teacher.inputs.join(', ')}.`,
      fix: `did you mean "${closestName(name, teacher.inputs) ?? teacher.inputs[0]}"?`,
    });
  }
  for (const { operation, shape, path, name } of teacher.nodes) {
    if (operation.kind !== 'input' || shape.length === 1 || shape.length === 3) continue;
    issues.push({
      code: 'UNSUPPORTED_TOPOLOGY',
      path,
      message: `Got an input of shape [${shape.join(', ')}], expected [height, width, channels] or [features].`,
      fix: `build the teacher on images: tf.input({ name: '${name}', shape: [height, width, channels] })`,
    });
  }
  return issues;
}

/** A layer without a student form. */
export function unsupportedIssue({ name, path, operation }: TeacherNode): Issue {
  const message =
    operation.kind === 'unsupported'
      ? operation.reason
      : 'Softmax has an integer form only behind the logits, as the last layer.';
  return {
    code: 'UNSUPPORTED_LAYER',
    path,
    message,
    fix: `drop it with planStudent(teacher, { layers: (l) => (l.name === '${name}' ? 'skip' : undefined) }); the next layer is fitted to the tap after it`,
  };
}

/** Zeros in front of something other than a convolution. */
export function paddingIssue(path: string): Issue {
  return {
    code: 'UNSUPPORTED_TOPOLOGY',
    path,
    message:
      'Zero padding has an integer form only before a convolution, or before a max-pool of values above zero.',
    fix: "give the next layer padding: 'same' and remove this one",
  };
}

/** A skipped layer that what follows cannot do without. */
export function shapeChangeIssue(
  { name, path }: TeacherNode,
  before: readonly number[],
  after: readonly number[],
): Issue {
  return {
    code: 'SKIP_CHANGES_SHAPE',
    path,
    message: `Skipping "${name}" would give shape [${before.join(', ')}] where what follows expects [${after.join(', ')}].`,
    fix: `return settings instead of 'skip' for '${name}', such as { bits: 8 }`,
  };
}
