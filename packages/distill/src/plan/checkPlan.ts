import { closestName } from '@bnfree/integer-kernels';
import type { Issue } from '@bnfree/core';
import type { Teacher } from '../teacher/teacher.js';
import { planFormIssues } from './planForm.js';
import { plannedOutputShape } from './plannedOutputShape.js';
import { codeIssues } from './resolveSettings.js';
import { thresholdIssues } from './thresholdIssues.js';
import { inputsOf, type PlanNode, type StudentPlan } from './studentPlan.js';

/**
 * All problems of a plan, which may have been edited by hand: form, names, order, shapes, output; with `teacher` also
 * that its taps and layers exist there. Empty when the plan can be carried out. Never throws, whatever the value.
 *
 * Codes: INVALID_PLAN, WEIGHT_CODE.
 */
export function checkPlan(plan: unknown, teacher?: Teacher): Issue[] {
  const form = planFormIssues(plan);
  if (form.length > 0) return form;
  const checked = plan as StudentPlan;
  return [
    ...nameIssues(checked),
    ...checked.nodes.flatMap((node, i) => nodeIssues(checked, node, i)),
    ...outputIssues(checked),
    ...(teacher === undefined ? [] : teacherIssues(checked, teacher)),
  ];
}

function invalid(path: string, message: string, fix: string): Issue {
  return { code: 'INVALID_PLAN', path, message, fix };
}

function pathOf({ name }: PlanNode, index: number): string {
  return `plan.nodes[${index}] "${name}"`;
}

function nameIssues({ inputs, nodes }: StudentPlan): Issue[] {
  const names = [...inputs.map(({ name }) => name), ...nodes.map(({ name }) => name)];
  return nodes.flatMap((node, i) =>
    names.indexOf(node.name) === i + inputs.length
      ? []
      : [
          invalid(
            `${pathOf(node, i)}.name`,
            `The name "${node.name}" is used twice.`,
            `name: '${node.name}_2'`,
          ),
        ],
  );
}

function nodeIssues(plan: StudentPlan, node: PlanNode, index: number): Issue[] {
  const path = pathOf(node, index);
  const before: readonly { readonly name: string; readonly shape: readonly number[] }[] = [
    ...plan.inputs,
    ...plan.nodes.slice(0, index).map(({ name, outputShape }) => ({ name, shape: outputShape })),
  ];
  const issues = placesOf(node).flatMap((place): Issue[] => {
    const source = before.find(({ name }) => name === place.input);
    return source === undefined
      ? [unknownInput(place, path, before)]
      : inputShapeIssues(place, path, source.shape);
  });
  if (!plan.nodes.some((other) => inputsOf(other).includes(node.name)) && !plan.outputs.includes(node.name)) {
    const fix = `remove the node, or add '${node.name}' to outputs`;
    issues.push(invalid(path, 'No node takes this value.', fix));
  }
  const expected = plannedOutputShape(node);
  if (expected === null) {
    const [{ field }] = placesOf(node);
    const shapes = placesOf(node).map(({ shape }) => `[${shape.join(', ')}]`);
    const fix =
      node.kind === 'merge'
        ? node.operation.kind === 'lookup'
          ? 'inputs: one value'
          : 'inputs: two or more values of one height and width'
        : 'inputShape: [height, width, channels] that holds the window';
    issues.push(
      invalid(
        `${path}.${field.shape}`,
        `Got ${shapes.join(', ')}, which ${node.operation.kind} cannot take.`,
        fix,
      ),
    );
  } else if (String(expected) !== String(node.outputShape)) {
    const message = `Got [${node.outputShape.join(', ')}], expected [${expected.join(', ')}].`;
    issues.push(invalid(`${path}.outputShape`, message, `outputShape: [${expected.join(', ')}]`));
  }
  return node.kind === 'layer'
    ? [
        ...issues,
        ...codeIssues({ ...node, activations: { bits: 8 } }, `${path}.weights`),
        ...thresholdIssues(node, 'INVALID_PLAN', `${path}.requantization`),
      ]
    : issues;
}

/** One value that a node takes, and where the plan says so. */
interface Place {
  readonly input: string;
  readonly shape: readonly number[];
  readonly field: { readonly input: string; readonly shape: string };
}

function placesOf(node: PlanNode): Place[] {
  if (node.kind !== 'merge')
    return [{ input: node.input, shape: node.inputShape, field: { input: 'input', shape: 'inputShape' } }];
  return node.inputs.map((input, i) => ({
    input,
    shape: node.inputShapes[i] ?? [],
    field: { input: `inputs[${i}]`, shape: `inputShapes[${i}]` },
  }));
}

function unknownInput(
  { input, field }: Place,
  path: string,
  before: readonly { readonly name: string }[],
): Issue {
  const names = before.map(({ name }) => name);
  const fix = `${field.input}: '${closestName(input, names) ?? names.at(-1) ?? ''}'`;
  return invalid(`${path}.${field.input}`, `No earlier node makes "${input}".`, fix);
}

function inputShapeIssues(
  { input, shape: got, field }: Place,
  path: string,
  shape: readonly number[],
): Issue[] {
  if (String(shape) === String(got)) return [];
  const message = `Got [${got.join(', ')}], but "${input}" has shape [${shape.join(', ')}].`;
  return [invalid(`${path}.${field.shape}`, message, `${field.shape}: [${shape.join(', ')}]`)];
}

function outputIssues(plan: StudentPlan): Issue[] {
  const { nodes, outputs, classes } = plan;
  const names = nodes.map(({ name }) => name);
  const last = names.at(-1) ?? '';
  if (outputs.length === 0)
    return [invalid('plan.outputs', 'Got no outputs, expected at least one.', `outputs: ['${last}']`)];
  const issues = outputs.flatMap((output, i) => {
    const path = `plan.outputs[${i}]`;
    if (!names.includes(output)) {
      return [invalid(path, `No node is named "${output}".`, `'${closestName(output, names) ?? last}'`)];
    }
    return outputs.indexOf(output) === i ? [] : [invalid(path, `Got "${output}" twice.`, 'name it once')];
  });
  const taken = new Set(nodes.flatMap(inputsOf));
  for (const [i, node] of nodes.entries()) {
    if (node.kind !== 'layer' || node.activations !== null) continue;
    const path = `${pathOf(node, i)}.activations`;
    if (!outputs.includes(node.name) || taken.has(node.name)) {
      const message = 'Got null, which only an output that no node takes may have.';
      issues.push(invalid(path, message, 'activations: { bits: 8 }'));
    }
    if (node.activation !== 'linear') {
      issues.push(
        invalid(path, `Sums behind ${node.activation} have no int32 form.`, 'activations: { bits: 8 }'),
      );
    }
  }
  const first = nodes.find(({ name }) => name === outputs[0]);
  const logits = first?.outputShape.reduce((a, b) => a * b, 1) ?? classes.length;
  if (classes.length > 0 && classes.length !== logits) {
    issues.push(invalid('plan.classes', `Got ${classes.length} names, expected ${logits}.`, 'classes: []'));
  }
  return issues;
}

function teacherIssues({ inputs, nodes }: StudentPlan, teacher: Teacher): Issue[] {
  const shapeOf = new Map(teacher.nodes.map(({ name, shape }) => [name, shape]));
  const unknown = (path: string, name: string): Issue[] => {
    if (shapeOf.has(name)) return [];
    const fix = `'${closestName(name, [...shapeOf.keys()]) ?? teacher.outputs[0]}'`;
    return [invalid(path, `The teacher has no value "${name}".`, fix)];
  };
  return [
    ...inputs.flatMap(({ name }, i) => unknown(`plan.inputs[${i}].name`, name)),
    ...nodes.flatMap((node, i) => {
      if (node.kind === 'structure') return [];
      const path = pathOf(node, i);
      const tapShape = shapeOf.get(node.tap);
      const wrongTap =
        tapShape !== undefined && String(tapShape) !== String(node.outputShape)
          ? [
              invalid(
                `${path}.tap`,
                `"${node.tap}" has shape [${tapShape.join(', ')}], expected [${node.outputShape.join(', ')}].`,
                `tap: '${node.teacherNodes.at(-1) ?? node.name}'`,
              ),
            ]
          : [];
      const names = node.teacherNodes.flatMap((name, j) => unknown(`${path}.teacherNodes[${j}]`, name));
      return [...unknown(`${path}.tap`, node.tap), ...wrongTap, ...names];
    }),
  ];
}
