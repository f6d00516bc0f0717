import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { onnx } from 'onnx-proto';
import type { OnnxTensor } from './onnxTensor.js';
import { readOnnxTensor } from './onnxTensor.js';

/** One ONNX operator with its operands and the outputs that it must have. */
export interface OnnxNode {
  readonly opType: string;
  /** Integer attributes as lists, strings as strings. */
  readonly attributes: ReadonlyMap<string, readonly number[] | string>;
  /** Undefined where an optional operand is left out. */
  readonly inputs: readonly (OnnxTensor | undefined)[];
  readonly outputs: readonly OnnxTensor[];
}

/** Reads a backend node case: `model.onnx` with one node and the protobuf tensors beside it. */
export function readOnnxNode(folder: string): OnnxNode {
  const model = onnx.ModelProto.decode(readFileSync(join(folder, 'model.onnx')));
  const nodes = model.graph?.node ?? [];
  const node = nodes.at(0);
  if (node === undefined || nodes.length > 1) throw new Error(`${folder}: expected a model of one node`);
  const tensors = readTensors(join(folder, 'test_data_set_0'));
  const graphInputs = (model.graph?.input ?? []).map(({ name }) => name);
  return {
    opType: node.opType ?? '',
    attributes: new Map(
      (node.attribute ?? []).map((attribute) => [attribute.name ?? '', valueOf(attribute)]),
    ),
    inputs: (node.input ?? []).map((name) => tensors.inputs[graphInputs.indexOf(name)]),
    outputs: tensors.outputs,
  };
}

/** The integers of an attribute, or the values that stand for its absence. */
export function integersOf(node: OnnxNode, name: string, absent: readonly number[]): readonly number[] {
  const value = node.attributes.get(name);
  if (typeof value === 'string') throw new Error(`${node.opType}.${name} is text`);
  return value ?? absent;
}

/** An operand that must be there. */
export function operandOf(node: OnnxNode, index: number): OnnxTensor {
  const operand = node.inputs[index];
  if (operand === undefined) throw new Error(`${node.opType}: operand ${index} is missing`);
  return operand;
}

/** The first output, which every case has. */
export function outputOf({ opType, outputs }: OnnxNode): OnnxTensor {
  const output = outputs.at(0);
  if (output === undefined) throw new Error(`${opType}: no output`);
  return output;
}

function valueOf(attribute: onnx.IAttributeProto): readonly number[] | string {
  if (attribute.s?.length) return new TextDecoder().decode(attribute.s);
  return attribute.ints?.length ? attribute.ints.map(Number) : [Number(attribute.i)];
}

function readTensors(folder: string): { inputs: OnnxTensor[]; outputs: OnnxTensor[] } {
  const files = readdirSync(folder);
  const read = (kind: string): OnnxTensor[] =>
    Array.from({ length: files.filter((file) => file.startsWith(kind)).length }, (_, index) =>
      readOnnxTensor(onnx.TensorProto.decode(readFileSync(join(folder, `${kind}_${index}.pb`)))),
    );
  return { inputs: read('input'), outputs: read('output') };
}
