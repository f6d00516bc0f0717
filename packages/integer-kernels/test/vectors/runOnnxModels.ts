import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { onnx } from 'onnx-proto';
import type { OnnxNode } from './onnxNode.js';
import type { OnnxTensor } from './onnxTensor.js';
import { onnxStorage } from './onnxTensor.js';

/** An operator without its outputs: onnxruntime computes them. The first `fed` operands are fed, the others constant. */
export interface OnnxModel extends Omit<OnnxNode, 'outputs'> {
  readonly fed: readonly number[];
  readonly outputType: 'int8' | 'uint8' | 'int32';
}

/** Runs each operator in onnxruntime and returns it with the output that came out. */
export function runOnnxModels(models: readonly OnnxModel[]): OnnxNode[] {
  const requests = models.map((model) => ({
    model: Buffer.from(encodeModel(model)).toString('base64'),
    feeds: Object.fromEntries(model.fed.map((index) => [nameOf(index), model.inputs[index]])),
  }));
  const answer = execFileSync(process.execPath, [join(import.meta.dirname, 'onnxRunner.mjs')], {
    input: JSON.stringify(requests),
    maxBuffer: 1 << 28,
  });
  const outputs = JSON.parse(answer.toString()) as OnnxTensor[];
  return models.map(({ opType, attributes, inputs }, index) => ({
    opType,
    attributes,
    inputs,
    outputs: [outputs[index]],
  }));
}

const nameOf = (index: number): string => `operand${index}`;

function encodeModel({ opType, attributes, inputs, fed, outputType }: OnnxModel): Uint8Array {
  const isFed = (index: number): boolean => fed.includes(index);
  const named = inputs.flatMap((tensor, index) => (tensor === undefined ? [] : [{ tensor, index }]));
  return onnx.ModelProto.encode({
    irVersion: 7,
    opsetImport: [{ domain: '', version: 13 }],
    graph: {
      name: opType,
      node: [
        {
          opType,
          input: inputs.map((tensor, index) => (tensor === undefined ? '' : nameOf(index))),
          output: ['output'],
          attribute: [...attributes].map(([name, values]) => ({
            name,
            ...(typeof values === 'string'
              ? { type: onnx.AttributeProto.AttributeType.STRING, s: new TextEncoder().encode(values) }
              : integerAttribute(name, values)),
          })),
        },
      ],
      input: named
        .filter(({ index }) => isFed(index))
        .map(({ tensor, index }) => ({
          name: nameOf(index),
          type: {
            tensorType: {
              elemType: onnxStorage[tensor.type].id,
              shape: { dim: tensor.shape.map((dimValue) => ({ dimValue })) },
            },
          },
        })),
      output: [{ name: 'output', type: { tensorType: { elemType: onnxStorage[outputType].id } } }],
      initializer: named
        .filter(({ index }) => !isFed(index))
        .map(({ tensor, index }) => ({
          name: nameOf(index),
          dataType: onnxStorage[tensor.type].id,
          dims: [...tensor.shape],
          rawData: encodeValues(tensor),
        })),
    },
  }).finish();
}

function integerAttribute(name: string, values: readonly number[]): onnx.IAttributeProto {
  return name === 'group'
    ? { type: onnx.AttributeProto.AttributeType.INT, i: values[0] }
    : { type: onnx.AttributeProto.AttributeType.INTS, ints: [...values] };
}

function encodeValues({ type, values }: OnnxTensor): Uint8Array {
  if (type === 'float32') return new Uint8Array(Float32Array.from(values).buffer);
  if (type === 'int32') return new Uint8Array(Int32Array.from(values).buffer);
  return Uint8Array.from(values);
}
