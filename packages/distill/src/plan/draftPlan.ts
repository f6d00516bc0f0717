import type { Issue } from '@bnfree/core';
import type { Teacher, TeacherNode } from '../teacher/teacher.js';
import { chooseLayers, type ChosenBlock, type LayerChoices } from './layerChoices.js';
import { planLayer, takesZeroPadding, totalPadding, type PlanValue } from './planLayer.js';
import { planMerge } from './planMerge.js';
import type { PlanOptions } from './planOptions.js';
import { findEnds, type StudentEnds } from './studentEnds.js';
import {
  inputsOf,
  type MergeOperation,
  type PlannedInput,
  type PlannedStructure,
  type PlannedUnit,
  type PlanNode,
  type StudentPlan,
} from './studentPlan.js';
import { thresholdIssues } from './thresholdIssues.js';
import { paddingIssue, shapeChangeIssue, topologyIssues, unsupportedIssue } from './topologyIssues.js';

/** A plan and everything that is wrong with it; the plan counts only without issues. */
export interface PlanDraft {
  readonly plan: StudentPlan;
  readonly issues: readonly Issue[];
}

/** Walks the teacher once and plans what it can, so that every issue is found. Options must be checked. */
export function draftPlan(teacher: Teacher, options: PlanOptions): PlanDraft {
  const choices = chooseLayers(teacher, options);
  const ends = findEnds(teacher, choices);
  const walk: Walk = { teacher, choices, ends, nodes: [], values: new Map(), issues: [] };
  const inBlock = new Set([...choices.blocks.values()].flatMap(({ tap }) => tap.teacherNodes));
  for (const node of teacher.nodes) {
    const block = choices.blocks.get(node.name);
    if (block !== undefined && !ends.trailing.has(node.name)) walkBlock(walk, block, node);
    else if (ends.trailing.has(node.name)) walk.values.set(node.name, takenValue(walk, node.inputs[0]));
    else if (!inBlock.has(node.name)) walkNode(walk, node);
  }
  const outputs = [...new Set(ends.values.map((name) => outputOf(walk, name)))];
  const plan: StudentPlan = {
    name: teacher.name,
    inputs: plannedInputs(teacher, options),
    nodes: neededNodes(walk.nodes, outputs),
    outputs,
    classes: options.classes ?? [],
  };
  const issues = [...choices.issues, ...topologyIssues(teacher, options), ...walk.issues, ...ends.issues];
  const thresholds = plan.nodes.flatMap((node) =>
    thresholdIssues(node, 'INVALID_OPTION', `layers("${node.name}").requantization`),
  );
  return { plan, issues: [...issues, ...thresholds, ...classIssues(plan)] };
}

interface Walk {
  readonly teacher: Teacher;
  readonly choices: LayerChoices;
  readonly ends: StudentEnds;
  readonly nodes: PlanNode[];
  /** Student value for each teacher value that has been planned. */
  readonly values: Map<string, PlanValue>;
  readonly issues: Issue[];
}

function plannedInputs(teacher: Teacher, { input, inputs = {} }: PlanOptions): PlannedInput[] {
  return teacher.inputs.map((name) => {
    const own = { ...input, ...(Object.hasOwn(inputs, name) ? inputs[name] : {}) };
    return {
      kind: 'input',
      name,
      shape: teacher.nodes.find((node) => node.name === name)?.shape ?? [],
      zeroPoint: own.zeroPoint ?? 0,
      scale: own.scale ?? { numerator: 1, denominator: 1 },
    };
  });
}

/** The student's name of a teacher's value that is an output. */
function outputOf(walk: Walk, name: string): string {
  const value = takenValue(walk, name);
  reportPadding(walk, value);
  return value.name;
}

function walkBlock(walk: Walk, block: ChosenBlock, first: TeacherNode): void {
  const { tap, settings } = block;
  const inputs = first.inputs.map((name) => takenValue(walk, name));
  if (settings === 'skip') {
    passThrough(walk, tap.tap, first, inputs[0]);
    return;
  }
  if (!takesZeroPadding(first)) for (const input of inputs) reportPadding(walk, input);
  const merge = mergeOperation(first);
  const unit: PlannedUnit =
    merge !== null
      ? planMerge(walk.teacher, { tap, settings }, merge, inputs)
      : planLayer(walk.teacher, { tap, settings }, inputs[0], walk.ends.logits.has(tap.tap));
  walk.nodes.push(unit);
  walk.values.set(tap.tap, {
    name: unit.name,
    shape: unit.outputShape,
    zeroPadding: null,
    isNonNegative: unit.activation !== 'linear',
  });
}

function mergeOperation({ operation }: TeacherNode): MergeOperation | null {
  switch (operation.kind) {
    case 'add':
    case 'concat':
      return { kind: operation.kind };
    case 'function':
      return { kind: 'lookup', form: operation.form };
    default:
      return null;
  }
}

function walkNode(walk: Walk, node: TeacherNode): void {
  const { operation, name, shape } = node;
  if (operation.kind === 'input') {
    walk.values.set(name, { name, shape, zeroPadding: null, isNonNegative: false });
    return;
  }
  const input = takenValue(walk, node.inputs[0]);
  switch (operation.kind) {
    case 'dropout':
      walk.values.set(name, input);
      return;
    case 'zeroPadding2d': {
      const sides = totalPadding(input, { kernel: [1, 1], strides: [1, 1], padding: 'valid' });
      const { top, bottom, left, right } = operation.padding;
      walk.values.set(name, {
        ...input,
        zeroPadding: {
          path: node.path,
          sides: {
            top: sides.top + top,
            bottom: sides.bottom + bottom,
            left: sides.left + left,
            right: sides.right + right,
          },
        },
      });
      return;
    }
    case 'unsupported':
    case 'activation':
      if (operation.kind === 'activation' && operation.activation === 'linear') walk.values.set(name, input);
      else if (walk.choices.skipped.has(name)) passThrough(walk, name, node, input);
      else report(walk, node, input, unsupportedIssue(node));
      return;
    default:
      walkStructure(walk, node, input);
  }
}

function walkStructure(walk: Walk, node: TeacherNode, input: PlanValue): void {
  const operation = structureOperation(node, input);
  if (!absorbsPadding(operation, input)) reportPadding(walk, input);
  const { name, shape } = node;
  const shapes = { inputShape: input.shape, outputShape: shape };
  walk.nodes.push({ kind: 'structure', name, input: input.name, ...shapes, operation });
  walk.values.set(name, { name, shape, zeroPadding: null, isNonNegative: input.isNonNegative });
}

function structureOperation({ operation }: TeacherNode, input: PlanValue): PlannedStructure['operation'] {
  switch (operation.kind) {
    case 'maxPool2d':
    case 'averagePool2d': {
      const { kind, kernel, strides } = operation;
      return { kind, kernel, strides, padding: totalPadding(input, operation) };
    }
    case 'globalAveragePool2d':
      return { kind: 'globalAveragePool2d' };
    case 'flatten':
    case 'reshape':
      return { kind: 'reshape' };
    default:
      throw new Error(`teacher operation ${operation.kind} has no structure`);
  }
}

/** Zeros around values that are not negative never win a maximum, as long as each window holds a value of the image. */
function absorbsPadding(operation: PlannedStructure['operation'], input: PlanValue): boolean {
  if (operation.kind !== 'maxPool2d' || !input.isNonNegative) return false;
  const { padding, kernel } = operation;
  return (
    Math.max(padding.top, padding.bottom) < kernel[0] && Math.max(padding.left, padding.right) < kernel[1]
  );
}

/** The student's value for a value of the teacher. */
function takenValue(walk: Walk, name: string): PlanValue {
  const value = walk.values.get(name);
  if (value === undefined) throw new Error(`no value was planned for "${name}"`);
  return value;
}

/** Nodes that the outputs depend on. */
function neededNodes(nodes: readonly PlanNode[], outputs: readonly string[]): readonly PlanNode[] {
  const needed = new Set(outputs);
  for (const node of [...nodes].reverse()) {
    if (needed.has(node.name)) for (const input of inputsOf(node)) needed.add(input);
  }
  return nodes.filter(({ name }) => needed.has(name));
}

/** Leaves a node or block out; what follows takes its input instead. */
function passThrough(walk: Walk, made: string, node: TeacherNode, input: PlanValue): void {
  const shape = walk.teacher.nodes.find(({ name }) => name === made)?.shape ?? [];
  if (String(shape) !== String(input.shape)) walk.issues.push(shapeChangeIssue(node, input.shape, shape));
  walk.values.set(made, { ...input, shape });
}

/** Reports a node and goes on behind it, so that later issues are found as well. */
function report(walk: Walk, node: TeacherNode, input: PlanValue, issue: Issue): void {
  walk.issues.push(issue);
  walk.values.set(node.name, { ...input, shape: node.shape, zeroPadding: null });
}

function reportPadding(walk: Walk, input: PlanValue): void {
  if (input.zeroPadding !== null) walk.issues.push(paddingIssue(input.zeroPadding.path));
}

function classIssues({ classes, nodes, outputs: [output] }: StudentPlan): Issue[] {
  const logits = nodes.find(({ name }) => name === output)?.outputShape.reduce((a, b) => a * b, 1);
  if (classes.length === 0 || logits === undefined || classes.length === logits) return [];
  return [
    {
      code: 'INVALID_OPTION',
      path: 'classes',
      message: `Got ${classes.length} class names, expected ${logits}, one for each logit of "${output}".`,
      fix: `classes: a list of ${logits} names, in the order of the logits`,
    },
  ];
}
