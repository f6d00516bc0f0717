import type { ActivationSpec, Op, Requantization } from '../../src/index.js';
import type { OnnxNode } from './onnxNode.js';
import { integersOf, operandOf, outputOf } from './onnxNode.js';
import type { OnnxTensor, OnnxType } from './onnxTensor.js';
import { onnxStorage } from './onnxTensor.js';
import type { Rational } from './rational.js';
import { divide, multiply, nearestRescale, rationalOf } from './rational.js';
import type { VectorCase } from './vectorCase.js';
import { activation, tensorValues } from './vectorCase.js';

/** The elements that share a scale and a zero point. */
interface QuantizeGroup {
  readonly scale: number;
  readonly zeroPoint: number;
  readonly elements: readonly number[];
}

/**
 * `QuantizeLinear` as a division of integers, one op for each scale.
 *
 * Every float is an integer times a power of two. Over a common power x is an int32 tensor, and
 * `clamp(zeroPoint + round(x / scale))`, halves to even, is our requantization.
 */
export function quantizeLinearCase(name: string, node: OnnxNode): VectorCase[] {
  const [x, y] = [operandOf(node, 0), outputOf(node)];
  return quantizeCases(name, x, y, groupsOf(node, x, operandOf(node, 1), node.inputs[2]));
}

/** `DynamicQuantizeLinear`, given the scale and the zero point that it chose. */
export function dynamicQuantizeLinearCase(name: string, node: OnnxNode): VectorCase[] {
  const [, scale, zeroPoint] = node.outputs;
  const x = operandOf(node, 0);
  return quantizeCases(name, x, outputOf(node), groupsOf(node, x, scale, zeroPoint));
}

function quantizeCases(
  name: string,
  x: OnnxTensor,
  y: OnnxTensor,
  groups: readonly QuantizeGroup[],
): VectorCase[] {
  const common = x.values
    .map((value) => rationalOf(value).denominator)
    .reduce((largest, value) => (value > largest ? value : largest), 1n);
  const toInteger = (value: number): number => {
    const { numerator, denominator } = rationalOf(value);
    return Number((numerator * common) / denominator);
  };
  return groups.map(({ scale, zeroPoint, elements }, index) => {
    const values = elements.map((element) => toInteger(x.values[element]));
    const bound = Math.max(1, ...values.map(Math.abs));
    const output = quantizedSpec(y.type, [1, values.length], zeroPoint);
    const op: Op = {
      op: 'requantize',
      inputs: [activation([1, values.length], 'int32', 0, { min: -bound, max: bound })],
      output,
      requantization: divisionBy(multiply(rationalOf(scale), { numerator: common, denominator: 1n })),
    };
    return {
      name: `${name}[${index}]`,
      op,
      inputs: [tensorValues('int32', values)],
      expected: tensorValues(
        output.type,
        elements.map((element) => y.values[element]),
      ),
    };
  });
}

/** Exact where the divisor is whole; otherwise its reciprocal as the nearest multiplier. */
function divisionBy(divisor: Rational): Requantization {
  if (divisor.numerator % divisor.denominator === 0n) {
    const whole = Number(divisor.numerator / divisor.denominator);
    return { kind: 'divide', rounding: 'halfToEven', divisors: Int32Array.of(whole) };
  }
  const { multiplier, shift } = nearestRescale(divide({ numerator: 1n, denominator: 1n }, divisor));
  return {
    kind: 'multiplier',
    rounding: 'halfToEven',
    multipliers: Int32Array.of(multiplier),
    shifts: Int32Array.of(shift),
  };
}

/** The integer part of `DequantizeLinear`, `x - zeroPoint`, one op for each scale. Its floats are that times the scale. */
export function dequantizeLinearCase(name: string, node: OnnxNode): VectorCase[] {
  const [x, y] = [operandOf(node, 0), outputOf(node)];
  return groupsOf(node, x, operandOf(node, 1), node.inputs[2]).map(
    ({ scale, zeroPoint, elements }, index) => {
      const input = quantizedSpec(x.type, [1, elements.length], zeroPoint);
      const values = elements.map((element) => x.values[element]);
      const differences = elements.map((element) => wholeQuotient(name, y.values[element] ?? 0, scale));
      const common = { name: `${name}[${index}]`, expected: tensorValues('int32', differences) };
      return onnxStorage[x.type].bits === 8
        ? { ...common, ...differenceOp(input, values) }
        : { ...common, ...packedDifferenceOp(input, x) };
    },
  );
}

function differenceOp(input: ActivationSpec, values: readonly number[]): Pick<VectorCase, 'op' | 'inputs'> {
  return {
    op: {
      op: 'requantize',
      inputs: [input],
      output: activation(input.shape, 'int32', 0),
      requantization: { kind: 'none' },
    },
    inputs: [tensorValues(input.type, values)],
  };
}

/**
 * Sub-byte values are weights: a dense layer whose inputs are the rows of the identity reads them one by one.
 * One row of packed weights has the very bytes of ONNX.
 */
function packedDifferenceOp(
  { zeroPoint }: ActivationSpec,
  { type, values, bytes }: OnnxTensor,
): Pick<VectorCase, 'op' | 'inputs'> {
  if (bytes === undefined) throw new Error(`${type}: no stored bytes`);
  const count = values.length;
  const identity = Array.from({ length: count * count }, (_, index) => (index % (count + 1) === 0 ? 1 : 0));
  return {
    op: {
      op: 'dense',
      inputs: [activation([count, count], 'int8', 0, { min: 0, max: 1 })],
      output: activation([count, 1], 'int32', 0),
      weights: {
        bits: onnxStorage[type].bits,
        code: type.startsWith('u') ? 'unsigned' : 'twosComplement',
        zeroPoint,
        shape: [1, count],
        data: bytes,
      },
      requantization: { kind: 'none' },
    },
    inputs: [tensorValues('int8', identity)],
  };
}

function wholeQuotient(name: string, value: number, scale: number): number {
  const quotient = value / scale;
  if (!Number.isInteger(quotient)) throw new Error(`${name}: ${value} is not a multiple of ${scale}`);
  return quotient;
}

/** Narrow types are stored one a byte, within their own range. */
function quantizedSpec(type: OnnxType, shape: readonly number[], zeroPoint: number): ActivationSpec {
  const { bits } = onnxStorage[type];
  const isUnsigned = type.startsWith('u');
  const range = isUnsigned
    ? { min: 0, max: 2 ** bits - 1 }
    : { min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 };
  return activation(shape, isUnsigned ? 'uint8' : 'int8', zeroPoint, range);
}

/** One group per tensor (scalar scale), per index of an axis (1-D scale), or per block along an axis. */
function groupsOf(
  node: OnnxNode,
  x: OnnxTensor,
  scale: OnnxTensor,
  zeroPoint: OnnxTensor | undefined,
): QuantizeGroup[] {
  const axis = integersOf(node, 'axis', [1])[0] ?? 1;
  const blockSize = integersOf(node, 'block_size', [1])[0] ?? 1;
  const groups = scale.values.map((value, index) => ({
    scale: value,
    zeroPoint: zeroPoint?.values[index] ?? 0,
    elements: [] as number[],
  }));
  x.values.forEach((_, element) => {
    groups[scaleIndexOf(coordinatesOf(element, x.shape), scale.shape, axis, blockSize)]?.elements.push(
      element,
    );
  });
  return groups;
}

function scaleIndexOf(
  coordinates: readonly number[],
  scaleShape: readonly number[],
  axis: number,
  blockSize: number,
): number {
  if (scaleShape.length === 0) return 0;
  if (scaleShape.length === 1) return coordinates[axis] ?? 0;
  return scaleShape.reduce((index, size, depth) => {
    const coordinate = coordinates[depth] ?? 0;
    return index * size + (depth === axis ? Math.floor(coordinate / blockSize) : coordinate);
  }, 0);
}

function coordinatesOf(element: number, shape: readonly number[]): number[] {
  const coordinates: number[] = [];
  let rest = element;
  for (const size of [...shape].reverse()) {
    coordinates.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return coordinates;
}
