import { convIntegerCase, maxPoolCase, qLinearConvCase, wholeConvCase } from './onnxConvCase.js';
import { matMulIntegerCase, qLinearMatMulCase } from './onnxMatMulCase.js';
import type { OnnxNode } from './onnxNode.js';
import { dequantizeLinearCase, dynamicQuantizeLinearCase, quantizeLinearCase } from './onnxQuantizeCase.js';
import type { VectorCase } from './vectorCase.js';

const readers = new Map<string, (name: string, node: OnnxNode) => VectorCase[]>(
  Object.entries({
    Conv: wholeConvCase,
    ConvInteger: convIntegerCase,
    DequantizeLinear: dequantizeLinearCase,
    DynamicQuantizeLinear: dynamicQuantizeLinearCase,
    MatMulInteger: matMulIntegerCase,
    MaxPool: maxPoolCase,
    QLinearConv: qLinearConvCase,
    QLinearMatMul: qLinearMatMulCase,
    QuantizeLinear: quantizeLinearCase,
  }),
);

/** Turns an ONNX operator with its operands and outputs into ops of ours, one or several. */
export function toVectorCases(name: string, node: OnnxNode): VectorCase[] {
  const reader = readers.get(node.opType);
  if (reader === undefined) throw new Error(`${name}: operator ${node.opType} has no reader`);
  return reader(name, node);
}
