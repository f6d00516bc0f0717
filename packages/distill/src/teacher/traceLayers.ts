import {
  isLayersModel,
  type TfjsLayer,
  type TfjsLayersModel,
  type TfjsNode,
  type TfjsSymbolicTensor,
} from './tfjsLayersModel.js';

/** A value of the flattened graph: output `index` of a call, or a model input. */
export interface TracedValue {
  readonly call: TracedCall;
  readonly index: number;
}

/** One use of a layer that is not itself a model, or one input of the outermost model. */
export interface TracedCall {
  /** Unique: path of model names, layer name, `:index` where the layer is used several times. */
  readonly name: string;
  /** For messages: `teacher.layers[7] "norm1"`. */
  readonly path: string;
  readonly layer: TfjsLayer;
  readonly isInput: boolean;
  readonly inputs: readonly TracedValue[];
  /** One per output, with the batch axis. */
  readonly shapes: readonly (readonly (number | null)[])[];
  readonly callArgs: Readonly<Record<string, unknown>>;
}

/** A model as a flat list of calls in an order in which they can run. */
export interface TracedModel {
  readonly calls: readonly TracedCall[];
  readonly inputs: readonly TracedValue[];
  readonly outputs: readonly TracedValue[];
}

/** Flattens a layers model: nested models are opened, shared layers appear once per use. Runs nothing. */
export function traceLayers(model: TfjsLayersModel): TracedModel {
  const calls: TracedCall[] = [];
  const names = new Set<string>();
  const add = (call: Omit<TracedCall, 'name'>, wanted: string): TracedCall => {
    let name = wanted;
    for (let copy = 2; names.has(name); copy++) name = `${wanted}~${copy}`;
    names.add(name);
    const named = { ...call, name };
    calls.push(named);
    return named;
  };
  const inputs = model.inputs.map((tensor): TracedValue => {
    const layer = tensor.sourceLayer;
    const base = { layer, inputs: [], shapes: [tensor.shape], callArgs: {} };
    const path = `teacher.inputs "${layer.name}"`;
    return { call: add({ ...base, path, isInput: true }, layer.name), index: 0 };
  });
  const outputs = traceModel(model, inputs, { prefix: '', path: 'teacher', add });
  return { calls, inputs, outputs };
}

interface TraceScope {
  readonly prefix: string;
  readonly path: string;
  readonly add: (call: Omit<TracedCall, 'name'>, wanted: string) => TracedCall;
}

function traceModel(
  model: TfjsLayersModel,
  inputs: readonly TracedValue[],
  scope: TraceScope,
): TracedValue[] {
  const uses = usedNodes(model);
  const values = new Map<number, TracedValue>();
  model.inputs.forEach((tensor, i) => {
    values.set(tensor.id, inputs[i]);
  });
  const valueOf = (tensor: TfjsSymbolicTensor): TracedValue => {
    const known = values.get(tensor.id);
    if (known !== undefined) return known;
    const node = nodeOf(tensor);
    const made = traceNode(tensor, node, node.inputTensors.map(valueOf));
    node.outputTensors.forEach((output, i) => {
      values.set(output.id, made[i]);
    });
    const value = values.get(tensor.id);
    if (value === undefined) throw new Error(`tfjs graph is inconsistent at "${tensor.sourceLayer.name}"`);
    return value;
  };
  const traceNode = (
    tensor: TfjsSymbolicTensor,
    node: TfjsNode,
    taken: readonly TracedValue[],
  ): TracedValue[] => {
    const layer = tensor.sourceLayer;
    const nodes = uses.get(layer) ?? [];
    const suffix = nodes.length > 1 ? `:${nodes.indexOf(tensor.nodeIndex)}` : '';
    const name = `${scope.prefix}${layer.name}${suffix}`;
    const place = `${scope.path}.layers[${model.layers.indexOf(layer)}]`;
    if (isLayersModel(layer)) {
      return traceModel(layer, taken, { ...scope, prefix: `${name}/`, path: place });
    }
    const shapes = node.outputTensors.map((output) => output.shape);
    const callArgs = (node.callArgs ?? {}) as Record<string, unknown>;
    const path = `${place} "${layer.name}"`;
    const call = scope.add({ layer, isInput: false, inputs: taken, shapes, callArgs, path }, name);
    return shapes.map((_, index) => ({ call, index }));
  };
  return model.outputs.map(valueOf);
}

/** Per layer, the indices of its nodes that this model's outputs depend on, ascending. */
function usedNodes(model: TfjsLayersModel): Map<TfjsLayer, number[]> {
  const uses = new Map<TfjsLayer, number[]>();
  const boundary = new Set(model.inputs.map((tensor) => tensor.id));
  const pending = [...model.outputs];
  for (let tensor = pending.pop(); tensor !== undefined; tensor = pending.pop()) {
    if (boundary.has(tensor.id)) continue;
    const indices = uses.get(tensor.sourceLayer) ?? [];
    if (indices.includes(tensor.nodeIndex)) continue;
    uses.set(
      tensor.sourceLayer,
      [...indices, tensor.nodeIndex].sort((a, b) => a - b),
    );
    pending.push(...nodeOf(tensor).inputTensors);
  }
  return uses;
}

function nodeOf(tensor: TfjsSymbolicTensor): TfjsNode {
  return tensor.sourceLayer.inboundNodes[tensor.nodeIndex];
}
