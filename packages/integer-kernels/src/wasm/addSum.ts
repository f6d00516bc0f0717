import { activationMagnitude } from '../ops/activationMagnitude.js';
import type { AddOp } from '../ops/add.js';
import { groupLocals, widened, type Group, type Lanes } from './elements.js';
import { i32, load, op, type FunctionBuilder, type Local, type Value } from './emitter/index.js';
import { interleaveHigh, interleaveLow } from './interleave.js';
import { planRescales } from './requantization/planRequantization.js';
import type {
  RecordField,
  RequantizationCode,
  RequantizationPlan,
} from './requantization/requantizationCode.js';
import { recordByteLength } from './requantization/requantizationRecords.js';
import type { Requantizer } from './requantization/requantizer.js';
import { wholeFactors } from './wholeFactors.js';

/** How two operands become one sum. */
export type SumCode =
  /** Each is rescaled by itself; the record of the second lies at the offset. */
  | {
      readonly kind: 'terms';
      readonly terms: readonly RequantizationCode[];
      readonly leftShift: number;
      readonly secondOffset: number;
    }
  /** Bytes times whole factors of `lowBits + 15` bits: one product of pairs for the high bits, one for the low ones, if any. */
  | { readonly kind: 'dot'; readonly lowBits: number };

/** Code and values of a sum, and the rescaling of what it gives. */
export interface SumPlan {
  readonly code: SumCode;
  readonly fields: readonly RecordField[];
  readonly result: RequantizationPlan;
}

/** Plans the part of an addition before the output's clamp. */
export function sumPlan(addition: AddOp): SumPlan {
  const { inputs, leftShift, rescales, outputRescale, rounding } = addition;
  const bounds = inputs.map(
    ({ quantMin, quantMax, zeroPoint }) =>
      Math.max(zeroPoint - quantMin, quantMax - zeroPoint) * 2 ** leftShift,
  );
  // A rescaled operand is at most one more than its exact value; saturation only makes it smaller.
  const reach = rescales.reduce(
    (sum, { multiplier, shift }, index) => sum + (bounds[index] * multiplier) / 2 ** shift + 1,
    0,
  );
  const bound = Math.min(reach, 2 ** 31);
  const dot = dotPlan(addition, bound) ?? triedPlan(addition);
  if (dot !== undefined) return dot;
  const terms = rescales.map((rescale, index) => planRescales([rescale], rounding, [bounds[index]]));
  return {
    code: {
      kind: 'terms',
      terms: terms.map(({ code }) => code),
      leftShift,
      secondOffset: recordByteLength(terms[0].fields),
    },
    fields: terms.flatMap(({ fields }) => fields),
    result: planRescales([outputRescale], rounding, [bound]),
  };
}

/**
 * Exact products of bytes, in pairs.
 *
 * Factors of more than 15 bits are cut: `floor((high * 2^k + low) / 2^shift + 1/2)` is
 * `floor((high + floor(low / 2^k)) / 2^(shift - k) + 1/2)` for shifts above k, which only a pure shift of the sum gives.
 */
function dotPlan(
  { inputs, leftShift, rescales, outputRescale, rounding }: AddOp,
  bound: number,
): SumPlan | undefined {
  const isExact = leftShift === 0 && rescales.every(({ shift }) => shift === 0) && rounding !== 'gemmlowp';
  if (!isExact || inputs.some(({ type }) => type === 'int32')) return undefined;
  const multipliers = rescales.map(({ multiplier }) => multiplier);
  const lowBits = Math.max(0, 17 - Math.clz32(Math.max(...multipliers)));
  const { multiplier, shift } = outputRescale;
  const isShift = multiplier === 1 && shift > lowBits && rounding === 'halfUp';
  if (lowBits > 15 || (lowBits > 0 && !isShift)) return undefined;
  const unit = 2 ** lowBits;
  const pair = ([a, b]: readonly number[]): RecordField => ({ bits: 32, values: [a | (b << 16)] });
  const high = pair(multipliers.map((value) => Math.floor(value / unit)));
  const low = pair(multipliers.map((value) => value % unit));
  return {
    code: { kind: 'dot', lowBits },
    fields: lowBits > 0 ? [high, low] : [high],
    result: planRescales([{ multiplier, shift: shift - lowBits }], rounding, [bound / unit + 2]),
  };
}

/** The same for additions that every pair of bytes shows to be such a sum. */
function triedPlan(addition: AddOp): SumPlan | undefined {
  const whole = wholeFactors(addition);
  if (whole === undefined) return undefined;
  const bound = addition.inputs.reduce(
    (sum, input, index) => sum + activationMagnitude(input) * whole.factors[index],
    0,
  );
  const [first, second] = whole.factors.map((multiplier) => ({ multiplier, shift: 0 }));
  const outputRescale = { multiplier: 1, shift: whole.shift };
  return dotPlan(
    { ...addition, leftShift: 0, rescales: [first, second], outputRescale, rounding: 'halfUp' },
    bound,
  );
}

/** Brings up to eight values of both operands to the common scale and adds them. */
export function emitSum(
  f: FunctionBuilder,
  code: SumCode,
  rescale: readonly Requantizer[],
  operands: readonly Lanes[],
  name: string,
  count: number,
  record: Local<'i32'>,
): Group {
  if (code.kind === 'dot') {
    return emitDot(f, code.lowBits, operands as readonly Local<'v128'>[], groupLocals(f, name), record);
  }
  const [sum, other] = operands.map((lanes, index) => {
    const group = widened(f, lanes, `${name}_${index}`, count);
    const vectors = count > 4 ? [group.low, group.high] : [group.low];
    if (code.leftShift > 0) {
      for (const vector of vectors) f.set(vector, op('i32x4.shl', vector, i32(code.leftShift)));
    }
    rescale[index](f, vectors, record, index * code.secondOffset);
    return group;
  });
  f.set(sum.low, op('i32x4.add', sum.low, other.low));
  if (count > 4) f.set(sum.high, op('i32x4.add', sum.high, other.high));
  return sum;
}

function emitDot(
  f: FunctionBuilder,
  lowBits: number,
  [a, b]: readonly Local<'v128'>[],
  sum: Group,
  record: Local<'i32'>,
): Group {
  const pairs = f.local('v128', 'pairs');
  const product = (offset: number): Value<'v128'> =>
    op('i32x4.dot_i16x8_s', pairs, load('v128.load', record, offset));
  for (const [half, interleave] of [
    [sum.low, interleaveLow],
    [sum.high, interleaveHigh],
  ] as const) {
    f.set(pairs, interleave(a, b));
    const low = (): Value<'v128'> => op('i32x4.shr_s', product(16), i32(lowBits));
    f.set(half, lowBits > 0 ? op('i32x4.add', product(0), low()) : product(0));
  }
  return sum;
}
