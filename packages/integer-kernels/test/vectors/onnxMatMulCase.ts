import type { Op } from '../../src/index.js';
import type { OnnxNode } from './onnxNode.js';
import { operandOf, outputOf } from './onnxNode.js';
import { outputScaling } from './onnxScaling.js';
import type { OnnxTensor } from './onnxTensor.js';
import { integerType } from './onnxTensor.js';
import type { VectorCase } from './vectorCase.js';
import { activation, tensorValues } from './vectorCase.js';

interface MatMulOperands {
  readonly a: OnnxTensor;
  readonly aZeroPoint: number;
  readonly b: OnnxTensor;
  readonly bZeroPoint: number;
  readonly y: OnnxTensor;
  readonly yZeroPoint: number;
  readonly requantization: Extract<Op, { op: 'gemm' }>['requantization'];
}

/** `MatMulInteger`: the output is the int32 accumulator. */
export function matMulIntegerCase(name: string, node: OnnxNode): VectorCase[] {
  return matMulCases(name, {
    a: operandOf(node, 0),
    aZeroPoint: node.inputs[2]?.values[0] ?? 0,
    b: operandOf(node, 1),
    bZeroPoint: node.inputs[3]?.values[0] ?? 0,
    y: outputOf(node),
    yZeroPoint: 0,
    requantization: { kind: 'none' },
  });
}

/** `QLinearMatMul`: the accumulator times `a_scale * b_scale / y_scale`, rounded once, halves to even. */
export function qLinearMatMulCase(name: string, node: OnnxNode): VectorCase[] {
  return matMulCases(name, {
    a: operandOf(node, 0),
    aZeroPoint: operandOf(node, 2).values[0] ?? 0,
    b: operandOf(node, 3),
    bZeroPoint: operandOf(node, 5).values[0] ?? 0,
    y: outputOf(node),
    yZeroPoint: operandOf(node, 7).values[0] ?? 0,
    requantization: outputScaling(operandOf(node, 1), operandOf(node, 4), operandOf(node, 6)),
  });
}

/** A stack of matrix products is one gemm each. */
function matMulCases(name: string, operands: MatMulOperands): VectorCase[] {
  const { a, b, y } = operands;
  const [m = 1, k = 1] = a.shape.slice(-2);
  const n = b.shape.at(-1) ?? 1;
  const [aType, bType, yType] = [integerType(a), integerType(b), integerType(y)];
  const op: Op = {
    op: 'gemm',
    inputs: [activation([m, k], aType, operands.aZeroPoint), activation([k, n], bType, operands.bZeroPoint)],
    output: activation([m, n], yType, operands.yZeroPoint),
    transposeB: false,
    requantization: operands.requantization,
  };
  return Array.from({ length: y.values.length / (m * n) }, (_, index) => ({
    name: `${name}[${index}]`,
    op,
    inputs: [tensorValues(aType, slice(a, index, m * k)), tensorValues(bType, slice(b, index, k * n))],
    expected: tensorValues(yType, slice(y, index, m * n)),
  }));
}

function slice({ values }: OnnxTensor, index: number, length: number): readonly number[] {
  return values.slice(index * length, (index + 1) * length);
}
