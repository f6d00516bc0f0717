import type { Op, OpName, Ops, Weights } from '@bnfree/integer-kernels';
import { activation } from './activation.js';
import { list, object, optional, pair, single, variant } from './composites.js';
import type { Reader } from './reader.js';
import { requantization, rescale, rounding } from './requantization.js';
import { integer, truth, word } from './scalars.js';
import { byteTensor, int32Tensor } from './tensorReferences.js';

const weights = object<Weights>({
  shape: list(integer(0)),
  bits: integer(1, 8),
  code: word('twosComplement', 'unsigned', 'odd', 'sign'),
  zeroPoint: integer(-255, 255),
  data: byteTensor,
});

const size = integer(0);
const sides = { top: size, bottom: size, left: size, right: size };
const padding = object<Ops['conv2d']['padding']>({ ...sides, value: integer() });
const poolWindow = {
  kernel: pair(size),
  strides: pair(size),
  padding: object<Ops['maxPool2d']['padding']>(sides),
};
const layer = {
  inputs: single(activation),
  output: activation,
  weights,
  bias: optional(int32Tensor),
  requantization,
};

/** How each op is read from a file. The fields' meaning is checked by the op itself. */
const opReaders = {
  gemm: object<Ops['gemm']>({
    op: word('gemm'),
    inputs: pair(activation),
    output: activation,
    transposeB: truth,
    bias: optional(int32Tensor),
    requantization,
  }),
  conv2d: object<Ops['conv2d']>({
    ...layer,
    op: word('conv2d'),
    strides: pair(size),
    dilations: pair(size),
    padding,
    groups: size,
  }),
  depthwiseConv2d: object<Ops['depthwiseConv2d']>({
    ...layer,
    op: word('depthwiseConv2d'),
    strides: pair(size),
    dilations: pair(size),
    padding,
    channelMultiplier: size,
  }),
  dense: object<Ops['dense']>({ ...layer, op: word('dense') }),
  maxPool2d: object<Ops['maxPool2d']>({
    ...poolWindow,
    op: word('maxPool2d'),
    inputs: single(activation),
    output: activation,
  }),
  averagePool2d: object<Ops['averagePool2d']>({
    ...poolWindow,
    op: word('averagePool2d'),
    inputs: single(activation),
    output: activation,
    rounding: word('halfUp', 'halfAwayFromZero'),
  }),
  globalAveragePool2d: object<Ops['globalAveragePool2d']>({
    op: word('globalAveragePool2d'),
    inputs: single(activation),
    output: activation,
    requantization,
  }),
  add: object<Ops['add']>({
    op: word('add'),
    inputs: pair(activation),
    output: activation,
    leftShift: integer(0, 20),
    rescales: pair(rescale),
    outputRescale: rescale,
    rounding,
  }),
  concat: object<Ops['concat']>({
    op: word('concat'),
    inputs: list(activation),
    output: activation,
    axis: size,
    rescales: list(rescale),
    rounding,
  }),
  requantize: object<Ops['requantize']>({
    op: word('requantize'),
    inputs: single(activation),
    output: activation,
    requantization,
  }),
  lookup: object<Ops['lookup']>({
    op: word('lookup'),
    inputs: single(activation),
    output: activation,
    table: byteTensor,
  }),
  reshape: object<Ops['reshape']>({
    op: word('reshape'),
    inputs: single(activation),
    output: activation,
  }),
  relayout: object<Ops['relayout']>({
    op: word('relayout'),
    inputs: single(activation),
    output: activation,
  }),
} satisfies { [Name in OpName]: Reader<Ops[Name]> };

/** Reads any op; an unknown name is UNKNOWN_OP. */
export const op: Reader<Op> = variant('op', 'UNKNOWN_OP', opReaders);
