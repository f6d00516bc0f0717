import type { onnx } from 'onnx-proto';
import { onnxProto } from './onnxProto.js';

const { ModelProto, TensorProto, AttributeProto } = onnxProto.onnx;
const { DataType } = TensorProto;

/** ONNX's numbers of the element types used here. */
const elementTypes = {
  float32: DataType.FLOAT,
  uint8: DataType.UINT8,
  int8: DataType.INT8,
  int32: DataType.INT32,
  int64: DataType.INT64,
};
type ElementTypeName = keyof typeof elementTypes;

export interface OnnxValue {
  readonly name: string;
  readonly type: ElementTypeName;
  readonly shape: readonly number[];
}

/** Collects nodes and constants and encodes them as an ONNX file. */
export interface OnnxModelBuilder {
  /** Adds an operator; `domain` is empty for the standard ones. Returns the name of its output. */
  node(
    opType: string,
    inputs: readonly string[],
    output: string,
    attributes?: Readonly<Record<string, number | readonly number[]>>,
    domain?: '' | 'com.microsoft',
  ): string;
  constant(name: string, shape: readonly number[], values: ConstantValues): string;
  encode(inputs: readonly OnnxValue[], output: OnnxValue): Uint8Array;
}

type ConstantValues = Float32Array | Uint8Array | Int8Array | Int32Array | BigInt64Array;

export function onnxModelBuilder(): OnnxModelBuilder {
  const nodes: onnx.INodeProto[] = [];
  const initializers: onnx.ITensorProto[] = [];
  return {
    node(opType, inputs, output, attributes = {}, domain = '') {
      nodes.push({
        opType,
        domain,
        input: [...inputs],
        output: [output],
        attribute: Object.entries(attributes).map(([name, value]) => attribute(name, value)),
      });
      return output;
    },
    constant(name, shape, values) {
      initializers.push({
        name,
        dataType: elementTypes[elementTypeOf(values)],
        dims: [...shape],
        rawData: new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
      });
      return name;
    },
    encode: (inputs, output) =>
      ModelProto.encode({
        irVersion: 8,
        opsetImport: [
          { domain: '', version: 13 },
          { domain: 'com.microsoft', version: 1 },
        ],
        graph: {
          name: 'benchmark',
          node: nodes,
          initializer: initializers,
          input: inputs.map(valueInfo),
          output: [valueInfo(output)],
        },
      }).finish(),
  };
}

function elementTypeOf(values: ConstantValues): ElementTypeName {
  if (values instanceof Float32Array) return 'float32';
  if (values instanceof Uint8Array) return 'uint8';
  if (values instanceof Int8Array) return 'int8';
  return values instanceof Int32Array ? 'int32' : 'int64';
}

function attribute(name: string, value: number | readonly number[]): onnx.IAttributeProto {
  const { AttributeType } = AttributeProto;
  return typeof value === 'number'
    ? { name, type: AttributeType.INT, i: value }
    : { name, type: AttributeType.INTS, ints: [...value] };
}

function valueInfo({ name, type, shape }: OnnxValue): onnx.IValueInfoProto {
  const dim = shape.map((dimValue) => ({ dimValue }));
  return { name, type: { tensorType: { elemType: elementTypes[type], shape: { dim } } } };
}
