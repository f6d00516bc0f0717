import { BnfreeError, throwIfIssues, type Issue } from '@bnfree/core';
import * as tf from '@tensorflow/tfjs-core';
import { assembleTeacher } from '../assembleTeacher.js';
import type { OpenedCall, OpenedNode } from '../openedCall.js';
import { whileRead } from '../readTeacher.js';
import type { Teacher } from '../teacher.js';
import { graphConverter } from './graphConverters.js';
import type { GraphPart } from './graphPart.js';
import { nodeName, readGraph, type GraphNode } from './readGraph.js';
import { isGraphModel, type TfjsGraphModel } from './tfjsGraphModel.js';

/**
 * Opens a tfjs graph model (converted TensorFlow) as a teacher. Its nodes keep their names.
 *
 * Fused convolutions and products become two nodes, `NAME` and `NAME/activation`; products and sums with constants are
 * affine nodes, a normalization that the converter left in place is one. Ops that no student can follow are nodes of
 * kind `unsupported`. The model must not be disposed while the teacher is in use.
 *
 * @throws BnfreeError NOT_A_TEACHER, UNKNOWN_TEACHER_SHAPE, NON_FINITE_WEIGHTS
 */
export async function openGraphTeacher(model: TfjsGraphModel, name = 'graph'): Promise<Teacher> {
  if (!isGraphModel(model)) throw new BnfreeError([notAGraphModel()]);
  const nodes = await readGraph(model);
  return whileRead(model, () => openNodes(model, nodes, name));
}

function openNodes(model: TfjsGraphModel, nodes: readonly GraphNode[], name: string): Teacher {
  const opening = new Opening(model);
  try {
    for (const node of nodes) opening.add(node);
  } finally {
    opening.disposeSamples();
  }
  throwIfIssues(opening.issues);
  const valueOf = (value: string): string => opening.valueName(nodeName(value));
  const outputs = model.outputs.map((output) => valueOf(output.name));
  return assembleTeacher(name, opening.calls, opening.inputs, outputs);
}

/** Converts nodes one after another, computing every value once, on one image of zeros, for its shape. */
class Opening {
  readonly calls: OpenedCall[] = [];
  readonly inputs: string[] = [];
  readonly issues: Issue[] = [];
  readonly #samples = new Map<string, tf.Tensor>();
  /** Last part of each computed node. */
  readonly #values = new Map<string, string>();
  #position = 0;

  constructor(private readonly model: TfjsGraphModel) {}

  valueName(node: string): string {
    return this.#values.get(node) ?? node;
  }

  add(node: GraphNode): void {
    const path = `teacher.nodes[${this.#position}] "${node.name}"`;
    this.#position += 1;
    if (this.#constant(node.name) !== undefined) return;
    if (node.op === 'Placeholder') this.#addInput(node, path);
    else if (node.op !== 'NoOp') this.#addOp(node, path);
  }

  disposeSamples(): void {
    tf.dispose([...this.#samples.values()]);
  }

  #constant(name: string): tf.Tensor | undefined {
    return Object.hasOwn(this.model.weights, name) ? this.model.weights[name][0] : undefined;
  }

  #addInput({ name, attributes }: GraphNode, path: string): void {
    const declared =
      attributes.shape('shape') ?? this.model.inputs.find((input) => input.name === name)?.shape ?? [];
    const shape = declared.slice(1);
    if (shape.length === 0 || shape.some((size) => size <= 0)) {
      this.issues.push({
        code: 'UNKNOWN_TEACHER_SHAPE',
        path,
        message: `Got an input of shape [${declared.join(', ')}], expected every size but the batch's to be known.`,
        fix: 'convert the model with a fixed input size: tensorflowjs_converter --signature_name ... of a model with input [null, 224, 224, 3]',
      });
    }
    const known = shape.map((size) => Math.max(1, size));
    this.inputs.push(name);
    this.#samples.set(name, tf.zeros([1, ...known]));
    const node: OpenedNode = {
      node: { name, operation: { kind: 'input' }, inputs: [], shape: known, path },
      parameters: {},
      weights: [],
      config: null,
    };
    this.calls.push({ nodes: [node], steps: [{ inputs: [], outputs: [name], run: null }] });
  }

  #addOp(node: GraphNode, path: string): void {
    const scope = {
      constant: (name: string) => this.#constant(name),
      shape: (name: string) => this.#samples.get(this.valueName(name))?.shape ?? [],
    };
    const converted = node.takesLaterOutput
      ? 'An op that takes a second output of another has no integer form.'
      : graphConverter(node.op)(node, scope);
    const { inputs, parts } = typeof converted === 'string' ? this.#unsupported(node, converted) : converted;
    let taken = inputs.map((input) => this.valueName(input));
    const call: { nodes: OpenedNode[]; steps: OpenedCall['steps'][number][] } = { nodes: [], steps: [] };
    for (const part of parts) {
      const name = `${node.name}${part.suffix}`;
      const shape = this.#sample(name, taken, part);
      call.nodes.push({
        node: { name, operation: part.operation, inputs: taken, shape, path },
        parameters: part.parameters ?? {},
        weights: part.weights ?? [],
        config: null,
      });
      call.steps.push({ inputs: taken, outputs: [name], run: part.run });
      this.#checkWeights(part, path);
      taken = [name];
    }
    this.#values.set(node.name, taken[0]);
    this.calls.push(call);
  }

  /** An op that the model computes itself, from the values that it takes. */
  #unsupported(node: GraphNode, reason: string): { inputs: string[]; parts: GraphPart[] } {
    const inputs = node.inputs.filter((input) => this.#constant(input) === undefined);
    const run: GraphPart['run'] = (values) => {
      const feeds = Object.fromEntries(inputs.map((input, i) => [input, values[i]]));
      const made = this.model.execute(feeds, node.name);
      return Array.isArray(made) ? made : [made];
    };
    const operation = { kind: 'unsupported', className: node.op, reason } as const;
    return { inputs, parts: [{ suffix: '', operation, run }] };
  }

  #sample(name: string, inputs: readonly string[], part: GraphPart): number[] {
    const values = inputs.map((input) => this.#samples.get(input) ?? tf.zeros([1, 1]));
    const [value] = tf.tidy(() => part.run(values));
    this.#samples.set(name, value);
    return value.shape.slice(1);
  }

  #checkWeights({ weights = [] }: GraphPart, path: string): void {
    const bad = weights.reduce(
      (sum, { values }) => sum + values.filter((value) => !Number.isFinite(value)).length,
      0,
    );
    if (bad === 0) return;
    this.issues.push({
      code: 'NON_FINITE_WEIGHTS',
      path,
      message: `Got ${bad} weights that are NaN or infinite, expected finite numbers.`,
      fix: 'convert a checkpoint from before the training diverged',
    });
  }
}

function notAGraphModel(): Issue {
  return {
    code: 'NOT_A_TEACHER',
    path: 'teacher',
    message: 'Got something that is no tfjs GraphModel (with execute, save, inputs and outputs).',
    fix: "await openGraphTeacher(await loadGraphModel('file://model.json'))",
  };
}
