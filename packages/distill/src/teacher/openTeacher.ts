import { BnfreeError, throwIfIssues, type Issue } from '@bnfree/core';
import type * as tf from '@tensorflow/tfjs-core';
import { classifyLayer } from './classifyLayer.js';
import { assembleTeacher } from './assembleTeacher.js';
import { nameWeights, readWeights, type HostWeight } from './layerParameters.js';
import { linearStep, type StepFunction } from './linearStep.js';
import type { OpenedCall, OpenedNode } from './openedCall.js';
import { openPrelu } from './openPrelu.js';
import { openSeparable } from './openSeparable.js';
import type { Teacher, TeacherNode, TeacherOperation } from './teacher.js';
import { isLayersModel, type TfjsLayer, type TfjsLayersModel } from './tfjsLayersModel.js';
import { traceLayers, type TracedCall, type TracedModel, type TracedValue } from './traceLayers.js';
import { weightIssues } from './weightIssues.js';

/**
 * Opens a tfjs layers model as a teacher.
 *
 * Any graph can be opened: nested models, shared layers, several inputs and outputs. Layers that no student can follow
 * are nodes of kind `unsupported`. The model must be neither trained nor disposed while the teacher is in use.
 *
 * Throws NOT_A_TEACHER, TEACHER_NOT_READABLE, UNKNOWN_TEACHER_SHAPE, MASKED_TEACHER, NON_FINITE_WEIGHTS, NEGATIVE_VARIANCE: all issues at once.
 */
export function openTeacher(model: TfjsLayersModel): Teacher {
  if (!isLayersModel(model)) throw new BnfreeError([notATeacher(model)]);
  const traced = traceLayers(model);
  const weightsOf = new Map<TfjsLayer, HostWeight[]>();
  for (const { layer } of traced.calls) if (!weightsOf.has(layer)) weightsOf.set(layer, readWeights(layer));
  throwIfIssues([...callIssues(traced), ...weightIssues(traced.calls, weightsOf)]);

  const opened = traced.calls.map((call) => openCall(call, weightsOf.get(call.layer) ?? []));
  return assembleTeacher(model.name, opened, traced.inputs.map(valueName), traced.outputs.map(valueName));
}

/** Layers with a built-in activation become two nodes, `NAME` and `NAME/activation`. */
function openCall(call: TracedCall, weights: readonly HostWeight[]): OpenedCall {
  const inputs = call.inputs.map(valueName);
  if (call.layer.getClassName() === 'PReLU') return openPrelu(call, inputs, weights);
  const { operation, activation } = classify(call);
  const names = call.shapes.map((_, index) => outputName(call.name, index));
  const linear: OpenedCall =
    isSeparable(call) && operation.kind === 'depthwiseConv2d'
      ? openSeparable(call, inputs, operation, weights)
      : {
          nodes: mainNodes(call, operation, names, weights),
          steps: [{ inputs, outputs: names, run: mainStep(call, operation) }],
        };
  if (activation === null) return linear;
  const node: TeacherNode = {
    name: activationName(call.name),
    operation: activation,
    inputs: names,
    shape: shapeOf(call, 0),
    path: call.path,
  };
  return {
    nodes: [...linear.nodes, { node, parameters: {}, weights: [], config: activationConfig(call.layer) }],
    steps: [...linear.steps, { inputs: names, outputs: [node.name], run: activationStep(call.layer) }],
  };
}

function isSeparable({ layer }: TracedCall): boolean {
  return layer.getClassName() === 'SeparableConv2D';
}

/** One node an output; the weights are the first one's. */
function mainNodes(
  call: TracedCall,
  operation: TeacherOperation,
  names: readonly string[],
  weights: readonly HostWeight[],
): OpenedNode[] {
  const inputs = call.inputs.map(valueName);
  return names.map((name, index) => ({
    node: { name, operation, inputs, shape: shapeOf(call, index), path: call.path },
    parameters: index === 0 ? nameWeights(call.layer, operation, weights) : {},
    weights: index === 0 ? weights : [],
    config: operation.kind === 'unsupported' ? call.layer.getConfig() : null,
  }));
}

/** Null for a model input. */
function mainStep(call: TracedCall, operation: TeacherOperation): StepFunction | null {
  return call.isInput ? null : (linearStep(call.layer, operation) ?? layerStep(call));
}

/** `NAME/activation`, the second node of a layer with a built-in activation. */
function activationName(name: string): string {
  return `${name}/activation`;
}

/** Name of the value that consumers of a call's output take: behind its built-in activation. */
function valueName({ call, index }: TracedValue): string {
  return classify(call).activation === null ? outputName(call.name, index) : activationName(call.name);
}

function outputName(name: string, index: number): string {
  return index === 0 ? name : `${name}#${index}`;
}

function classify(call: TracedCall): { operation: TeacherOperation; activation: TeacherOperation | null } {
  if (call.isInput) return { operation: { kind: 'input' }, activation: null };
  const inputs = call.inputs.map((value) => shapeOf(value.call, value.index));
  return classifyLayer(call.layer, { inputs, output: shapeOf(call, 0) });
}

function layerStep({ layer, callArgs }: TracedCall): StepFunction {
  return (inputs) => {
    const made = layer.call(inputs.length === 1 ? inputs[0] : [...inputs], { ...callArgs, training: false });
    return Array.isArray(made) ? made : [made];
  };
}

function activationStep(layer: TfjsLayer): StepFunction {
  const { activation } = layer as TfjsLayer & { activation: { apply(x: tf.Tensor): tf.Tensor } };
  return (inputs) => inputs.map((x) => activation.apply(x));
}

function activationConfig(layer: TfjsLayer): unknown {
  return (layer.getConfig() as { activation?: unknown }).activation;
}

function shapeOf(call: TracedCall, index: number): number[] {
  return call.shapes[index].slice(1).map((size) => size ?? 0);
}

function callIssues({ calls }: TracedModel): Issue[] {
  return calls.flatMap((call) => {
    const issues: Issue[] = [];
    if (call.shapes.some((shape) => shape.slice(1).includes(null))) {
      issues.push({
        code: 'UNKNOWN_TEACHER_SHAPE',
        path: call.path,
        message: `Got shape [${call.shapes.map((shape) => shape.map((size) => size ?? '?').join(',')).join('] and [')}], expected every size but the batch's to be known.`,
        fix: 'build the model with a fixed inputShape, for example inputShape: [224, 224, 3], and copy the weights with setWeights(model.getWeights())',
      });
    }
    const { maskZero } = call.layer.getConfig() as { maskZero?: boolean };
    if (call.layer.getClassName() === 'Masking' || maskZero === true) {
      issues.push({
        code: 'MASKED_TEACHER',
        path: call.path,
        message: 'This layer makes a mask, which a teacher does not carry along.',
        fix: 'build the model without masking (mask_zero: false)',
      });
    }
    return issues;
  });
}

function notATeacher(value: unknown): Issue {
  const isGraphModel =
    typeof value === 'object' && value !== null && 'execute' in value && typeof value.execute === 'function';
  return {
    code: 'NOT_A_TEACHER',
    path: 'teacher',
    message: isGraphModel
      ? 'Got a GraphModel, expected a LayersModel.'
      : `Got ${value === null ? 'null' : typeof value}, expected a built tfjs LayersModel (with layers, inputs and outputs).`,
    fix: isGraphModel
      ? 'await openGraphTeacher(model)'
      : "openTeacher(await tf.loadLayersModel('file://model.json')); a Sequential needs an inputShape on its first layer",
  };
}
