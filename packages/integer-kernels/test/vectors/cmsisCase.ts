import { join } from 'node:path';
import type { ActivationSpec, Op, Padding, Requantization, TensorValues } from '../../src/index.js';
import { readCHeader } from './cHeader.js';
import type { VectorCase } from './vectorCase.js';
import { activation, tensorValues } from './vectorCase.js';
import { transpose, readCodes, weightsOf } from './weightCodes.js';

/** Reads constants of one case by their names without the case's prefix. */
interface CmsisConstants {
  readonly name: string;
  has(key: string): boolean;
  /** Throws where the case has no such integer. */
  integer(key: string): number;
  array(key: string): readonly number[];
  /** Undefined where the array is missing or NULL. */
  optionalArray(key: string): readonly number[] | undefined;
}

/** Reads one folder of CMSIS-NN's unit-test data as an op with its operands and expected bytes. */
export function readCmsisCase(folder: string, name: string): VectorCase {
  const constants = readConstants(join(folder, name), name);
  if (constants.has('INPUT1_OFFSET')) return addCase(constants);
  if (constants.has('CH_MULT')) return depthwiseCase(constants);
  if (constants.has('FILTER_X')) return convCase(constants);
  if (constants.has('FILTER_W')) return poolCase(constants);
  return denseCase(constants);
}

function readConstants(folder: string, name: string): CmsisConstants {
  const header = readCHeader(join(folder, 'test_data.h'));
  const optionalArray = (key: string): readonly number[] | undefined => {
    let target = `${name}_${key}`;
    for (let alias = header.aliases.get(target); alias !== undefined; alias = header.aliases.get(target)) {
      target = alias;
    }
    return header.arrays.get(target);
  };
  return {
    name,
    has: (key) => header.defines.has(`${name.toUpperCase()}_${key}`),
    integer(key) {
      const value = Number(header.defines.get(`${name.toUpperCase()}_${key}`));
      if (!Number.isInteger(value)) throw new Error(`${name}: no integer ${key}`);
      return value;
    },
    array(key) {
      const values = optionalArray(key);
      if (values === undefined) throw new Error(`${name}: no array ${key}`);
      return values;
    },
    optionalArray,
  };
}

function outputRange(constants: CmsisConstants): { min: number; max: number } {
  return { min: constants.integer('OUT_ACTIVATION_MIN'), max: constants.integer('OUT_ACTIVATION_MAX') };
}

/** TFLite's factor is `mult / 2^31 * 2^shift`, positive shifts going left. */
function gemmlowp(multipliers: readonly number[], leftShifts: readonly number[]): Requantization {
  return {
    kind: 'multiplier',
    rounding: 'gemmlowp',
    multipliers: Int32Array.from(multipliers),
    shifts: Int32Array.from(leftShifts, (shift) => 31 - shift),
  };
}

/** Int4 weights are stored two a byte over the whole tensor, without a gap between rows. */
function readWeightCodes(
  constants: CmsisConstants,
  count: number,
): { bits: number; codes: readonly number[] } {
  const stored = constants.array('weights');
  if (!constants.name.includes('int4')) return { bits: 8, codes: stored };
  return { bits: 4, codes: readCodes(stored, 4, count) };
}

function biasOf(constants: CmsisConstants): { bias?: Int32Array } {
  const bias = constants.optionalArray('biases');
  return bias === undefined ? {} : { bias: Int32Array.from(bias) };
}

/** CMSIS-NN gives the leading padding; the trailing one is what the output size needs. */
function paddingOf(constants: CmsisConstants): Padding {
  const trailing = (size: string, filter: string, axis: 'X' | 'Y'): number => {
    const reach =
      (constants.integer(`OUTPUT_${size}`) - 1) * constants.integer(`STRIDE_${axis}`) +
      (constants.integer(filter) - 1) * constants.integer(`DILATION_${axis}`) +
      1;
    return Math.max(0, reach - constants.integer(`INPUT_${size}`) - constants.integer(`PAD_${axis}`));
  };
  return {
    top: constants.integer('PAD_Y'),
    bottom: trailing('H', 'FILTER_Y', 'Y'),
    left: constants.integer('PAD_X'),
    right: trailing('W', 'FILTER_X', 'X'),
    value: -constants.integer('INPUT_OFFSET'),
  };
}

function imageOperands(constants: CmsisConstants): Pick<VectorCase, 'name' | 'inputs' | 'expected'> {
  return {
    name: constants.name,
    inputs: [tensorValues('int8', constants.array('input'))],
    expected: tensorValues('int8', constants.array('output_ref')),
  };
}

function convolutionFields(constants: CmsisConstants) {
  const batch = constants.integer('INPUT_BATCHES');
  const [inputChannels, outputChannels] = [constants.integer('IN_CH'), constants.integer('OUT_CH')];
  const inputShape = [batch, constants.integer('INPUT_H'), constants.integer('INPUT_W'), inputChannels];
  const outputShape = [batch, constants.integer('OUTPUT_H'), constants.integer('OUTPUT_W'), outputChannels];
  return {
    inputs: [activation(inputShape, 'int8', -constants.integer('INPUT_OFFSET'))],
    output: activation(outputShape, 'int8', constants.integer('OUTPUT_OFFSET'), outputRange(constants)),
    strides: [constants.integer('STRIDE_Y'), constants.integer('STRIDE_X')],
    dilations: [constants.integer('DILATION_Y'), constants.integer('DILATION_X')],
    padding: paddingOf(constants),
    requantization: gemmlowp(constants.array('output_mult'), constants.array('output_shift')),
    ...biasOf(constants),
  } as const;
}

function convCase(constants: CmsisConstants): VectorCase {
  const [inputChannels, outputChannels] = [constants.integer('IN_CH'), constants.integer('OUT_CH')];
  const filterChannels = constants.has('FILTER_CH') ? constants.integer('FILTER_CH') : inputChannels;
  const shape = [
    outputChannels,
    constants.integer('FILTER_Y'),
    constants.integer('FILTER_X'),
    filterChannels,
  ];
  const { bits, codes } = readWeightCodes(
    constants,
    shape.reduce((product, size) => product * size, 1),
  );
  const op: Op = {
    op: 'conv2d',
    ...convolutionFields(constants),
    groups: inputChannels / filterChannels,
    weights: weightsOf(codes, shape, { bits, code: 'twosComplement', zeroPoint: 0 }),
  };
  return { ...imageOperands(constants), op };
}

function depthwiseCase(constants: CmsisConstants): VectorCase {
  const [height, width, outputChannels] = [
    constants.integer('FILTER_Y'),
    constants.integer('FILTER_X'),
    constants.integer('OUT_CH'),
  ];
  const { bits, codes } = readWeightCodes(constants, height * width * outputChannels);
  const channelsFirst = transpose(codes, [height, width, outputChannels], [2, 0, 1]);
  const op: Op = {
    op: 'depthwiseConv2d',
    ...convolutionFields(constants),
    channelMultiplier: constants.integer('CH_MULT'),
    weights: weightsOf(channelsFirst, [outputChannels, height, width], {
      bits,
      code: 'twosComplement',
      zeroPoint: 0,
    }),
  };
  return { ...imageOperands(constants), op };
}

function denseCase(constants: CmsisConstants): VectorCase {
  const batch = constants.integer('INPUT_BATCHES');
  const [features, units] = [constants.integer('ACCUMULATION_DEPTH'), constants.integer('OUT_CH')];
  const { bits, codes } = readWeightCodes(constants, features * units);
  const zeroPoint = constants.has('FILTER_OFFSET') ? -constants.integer('FILTER_OFFSET') : 0;
  const { output, expected } = denseOutput(constants, [batch, units]);
  const op: Op = {
    op: 'dense',
    inputs: [activation([batch, features], 'int8', -constants.integer('INPUT_OFFSET'))],
    output,
    weights: weightsOf(codes, [units, features], { bits, code: 'twosComplement', zeroPoint }),
    requantization: gemmlowp([constants.integer('OUTPUT_MULTIPLIER')], [constants.integer('OUTPUT_SHIFT')]),
    ...biasOf(constants),
  };
  return { ...imageOperands(constants), expected, op };
}

/**
 * One case adds 128, which no int8 can hold as its zero point, before it clamps to int8.
 * It is computed without the zero point, in int32: a clamp to a range moves with the range.
 */
function denseOutput(
  constants: CmsisConstants,
  shape: readonly number[],
): { output: ActivationSpec; expected: TensorValues } {
  const [zeroPoint, range] = [constants.integer('OUTPUT_OFFSET'), outputRange(constants)];
  const values = constants.array('output_ref');
  if (zeroPoint <= 127) {
    return {
      output: activation(shape, 'int8', zeroPoint, range),
      expected: tensorValues('int8', values),
    };
  }
  return {
    output: activation(shape, 'int32', 0, { min: range.min - zeroPoint, max: range.max - zeroPoint }),
    expected: tensorValues(
      'int32',
      values.map((value) => value - zeroPoint),
    ),
  };
}

function poolCase(constants: CmsisConstants): VectorCase {
  const [batch, channels] = [constants.integer('INPUT_N'), constants.integer('INPUT_C')];
  const trailing = (axis: 'H' | 'W'): number =>
    Math.max(
      0,
      (constants.integer(`OUTPUT_${axis}`) - 1) * constants.integer(`STRIDE_${axis}`) +
        constants.integer(`FILTER_${axis}`) -
        constants.integer(`INPUT_${axis}`) -
        constants.integer(`PADDING_${axis}`),
    );
  const shape = (tensor: 'INPUT' | 'OUTPUT'): number[] => [
    batch,
    constants.integer(`${tensor}_H`),
    constants.integer(`${tensor}_W`),
    channels,
  ];
  const range = { min: constants.integer('ACTIVATION_MIN'), max: constants.integer('ACTIVATION_MAX') };
  const window = {
    inputs: [activation(shape('INPUT'), 'int8', 0)],
    output: activation(shape('OUTPUT'), 'int8', 0, range),
    kernel: [constants.integer('FILTER_H'), constants.integer('FILTER_W')],
    strides: [constants.integer('STRIDE_H'), constants.integer('STRIDE_W')],
    padding: {
      top: constants.integer('PADDING_H'),
      bottom: trailing('H'),
      left: constants.integer('PADDING_W'),
      right: trailing('W'),
    },
  } as const;
  return {
    name: constants.name,
    op: constants.name.startsWith('max')
      ? { op: 'maxPool2d', ...window }
      : { op: 'averagePool2d', ...window, rounding: 'halfAwayFromZero' },
    inputs: [tensorValues('int8', constants.array('input_tensor'))],
    expected: tensorValues('int8', constants.array('output')),
  };
}

function addCase(constants: CmsisConstants): VectorCase {
  const shape = [1, constants.integer('DST_SIZE')];
  const rescale = (operand: string) => ({
    multiplier: constants.integer(`${operand}_MULT`),
    shift: 31 - constants.integer(`${operand}_SHIFT`),
  });
  const op: Op = {
    op: 'add',
    inputs: [
      activation(shape, 'int8', -constants.integer('INPUT1_OFFSET')),
      activation(shape, 'int8', -constants.integer('INPUT2_OFFSET')),
    ],
    output: activation(shape, 'int8', constants.integer('OUTPUT_OFFSET'), outputRange(constants)),
    leftShift: constants.integer('LEFT_SHIFT'),
    rescales: [rescale('INPUT1'), rescale('INPUT2')],
    outputRescale: rescale('OUTPUT'),
    rounding: 'gemmlowp',
  };
  return {
    name: constants.name,
    op,
    inputs: [
      tensorValues('int8', constants.array('input1')),
      tensorValues('int8', constants.array('input2')),
    ],
    expected: tensorValues('int8', constants.array('output_ref')),
  };
}
