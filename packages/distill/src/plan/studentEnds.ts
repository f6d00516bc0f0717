import type { Issue } from '@bnfree/core';
import type { Teacher, TeacherNode } from '../teacher/teacher.js';
import { keepsLogits, type ChosenBlock, type LayerChoices } from './layerChoices.js';
import { shapeChangeIssue } from './topologyIssues.js';
import { takersOf, trailingNodes } from './trailingNodes.js';

/** Where a student ends. */
export interface StudentEnds {
  /** The teacher's value that each of its outputs comes down to, in order. */
  readonly values: readonly string[];
  /** Taps whose int32 sums are outputs: nothing else takes them. */
  readonly logits: ReadonlySet<string>;
  /** Teacher nodes behind the outputs, which the student leaves out. */
  readonly trailing: ReadonlySet<string>;
  readonly issues: readonly Issue[];
}

/** Finds what a student must compute, back from the teacher's outputs: without a softmax, a sigmoid or a reshape at the end. */
export function findEnds(teacher: Teacher, choices: LayerChoices): StudentEnds {
  const blocks = [...choices.blocks.values()];
  const skipped = new Set([
    ...choices.skipped,
    ...blocks.flatMap(({ tap, settings }) => (settings === 'skip' ? tap.teacherNodes : [])),
  ]);
  const taps = blocks.filter(({ settings }) => settings !== 'skip').map(({ tap }) => tap);
  const isSkipped = ({ name }: TeacherNode): boolean => skipped.has(name);
  const trailing = trailingNodes(teacher, taps, (node) => keepsLogits(node) || isSkipped(node));
  const nodeOf = new Map(teacher.nodes.map((node) => [node.name, node]));
  const values = teacher.outputs.map((name) => valueBehind(name, trailing, nodeOf));
  const takers = takersOf(teacher);
  const isEnd = ({ tap }: ChosenBlock): boolean =>
    values.includes(tap.tap) && (takers.get(tap.tap) ?? []).every((taker) => trailing.has(taker));
  const logits = blocks.filter((block) => isEnd(block) && givesSums(block)).map(({ tap }) => tap.tap);
  const issues = values.flatMap((name) => {
    const node = nodeOf.get(name);
    return node?.operation.kind === 'input' ? [emptyOutput(node)] : [];
  });
  const changed = [...skipped].flatMap((name) => {
    const node = nodeOf.get(name);
    return node !== undefined && trailing.has(name) ? changedSize(node, nodeOf) : [];
  });
  return { values, logits: new Set(logits), trailing, issues: [...issues, ...changed] };
}

/** An unsupported layer is reported where it stands; what comes before it is looked at all the same. */
function valueBehind(
  output: string,
  trailing: ReadonlySet<string>,
  nodeOf: ReadonlyMap<string, TeacherNode>,
): string {
  let name = output;
  for (;;) {
    const node = nodeOf.get(name);
    if (node === undefined || node.inputs.length === 0) return name;
    if (!trailing.has(name) && node.operation.kind !== 'unsupported') return name;
    [name] = node.inputs;
  }
}

/** A merge has no sums that int32 logits could be, and an activated layer is more than its sums. */
function givesSums({ tap, settings }: ChosenBlock): boolean {
  const isMerge = ['add', 'concat', 'lookup'].includes(tap.operation);
  return settings !== 'skip' && !isMerge && tap.activation === 'linear';
}

/** A layer that is skipped at the end must leave the output as many values as it had. */
function changedSize(node: TeacherNode, nodeOf: ReadonlyMap<string, TeacherNode>): Issue[] {
  const size = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
  const before = nodeOf.get(node.inputs[0])?.shape ?? [];
  return size(before) === size(node.shape) ? [] : [shapeChangeIssue(node, before, node.shape)];
}

function emptyOutput({ path }: TeacherNode): Issue {
  return {
    code: 'UNSUPPORTED_TOPOLOGY',
    path,
    message: 'An output of the teacher is its input, so that there is nothing to compute.',
    fix: 'leave it out: tf.model({ inputs: model.inputs, outputs: model.outputs[0] })',
  };
}
