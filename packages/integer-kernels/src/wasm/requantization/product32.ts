import type { DivisionRounding } from '../../arithmetic/divide.js';
import type { Rescale } from '../../requantization.js';
import { i32, i32x4, load, op, type FunctionBuilder, type Local, type Value } from '../emitter/index.js';
import { entryBounds } from './entryBounds.js';
import type { Product32Code, RecordField, RequantizationPlan } from './requantizationCode.js';

const LIMIT = 2 ** 31;

/** A factor of each channel, over a power of two that all share. */
interface Factors {
  readonly numerators: readonly number[];
  readonly shift: number;
}

/**
 * Plans `round(acc * multiplier / 2^shift)`, halves up, for accumulators up to a bound; undefined where 32 bits do not suffice.
 *
 * Either the product fits, or the factor is cut in two: with `factor = high * 2^k + low` and a half that is a multiple of `2^k`
 * `floor((acc * factor + half) / 2^shift) = floor((acc * high + floor(acc * low / 2^k) + half / 2^k) / 2^(shift - k))`.
 */
export function planProduct32(
  rescales: readonly Rescale[],
  bounds: readonly number[] | undefined,
): RequantizationPlan | undefined {
  return planFactors(commonShift(rescales), bounds, ({ shift }) => ({
    addend: 'half',
    largest: shift > 0 ? 2 ** (shift - 1) : 0,
    fields: [],
  }));
}

/**
 * Plans `round(acc / divisor)` for accumulators up to a bound; undefined where 32 bits do not suffice.
 *
 * `acc * factor / 2^shift` misses the quotient by at most `bound / 2^(shift + 1)`. What is added to the half outweighs
 * that, so that no exact half is missed, and both together stay below `1 / (2 divisor)`, where the next fraction lies.
 */
export function planDivision32(
  divisors: readonly number[],
  rounding: DivisionRounding,
  bounds: readonly number[] | undefined,
): RequantizationPlan | undefined {
  if (rounding === 'halfToEven') return undefined;
  const magnitude = Math.max(...entryBounds(bounds, divisors.length));
  const largest = Math.max(...divisors);
  const shift = Math.ceil(Math.log2(magnitude + 1) + Math.log2(largest)) + 3;
  const factors = { numerators: divisors.map((divisor) => Math.round(2 ** shift / divisor)), shift };
  return planFactors(factors, bounds, ({ lowBits }) => {
    const unit = 2 ** lowBits;
    const margin = Math.floor(magnitude / 2 / unit) + 1;
    if (margin * unit + magnitude / 2 >= 2 ** shift / (2 * largest)) return undefined;
    const half = 2 ** (shift - 1 - lowBits);
    const upward: RecordField = { bits: 32, values: [half + margin] };
    const isAway = rounding === 'halfAwayFromZero';
    return {
      addend: isAway ? 'signed' : 'field',
      largest: (half + margin) * unit,
      fields: isAway ? [upward, { bits: 32, values: [2 * margin] }] : [upward],
    };
  });
}

interface Addend {
  readonly addend: Product32Code['addend'];
  /** Largest value of it, in units of the whole product. */
  readonly largest: number;
  readonly fields: readonly RecordField[];
}

function planFactors(
  { numerators, shift }: Factors,
  bounds: readonly number[] | undefined,
  addendOf: (form: { readonly shift: number; readonly lowBits: number }) => Addend | undefined,
): RequantizationPlan | undefined {
  const ofEntries = entryBounds(bounds, numerators.length);
  const magnitude = Math.max(...ofEntries, 1);
  const product = Math.max(...numerators.map((numerator, index) => numerator * ofEntries[index]));
  // The most bits whose product with the accumulator stays in range; they leave the least to the other product.
  const widest = Math.min(Math.floor(Math.log2((LIMIT - 1) / magnitude)), shift - 1);
  for (const lowBits of [0, widest]) {
    const unit = 2 ** lowBits;
    const form = addendOf({ shift, lowBits });
    if (lowBits < 0 || shift - lowBits > 31 || form === undefined) continue;
    if (Math.ceil(product / unit) + form.largest / unit >= LIMIT) continue;
    const isOne = lowBits === 0 && numerators.every((numerator) => numerator === 1);
    const high: RecordField = { bits: 32, values: numerators.map((value) => Math.floor(value / unit)) };
    const low: RecordField = { bits: 32, values: numerators.map((value) => value % unit) };
    return {
      code: {
        kind: 'product32',
        shift: shift - lowBits,
        lowBits: isOne ? null : lowBits,
        addend: form.addend,
      },
      fields: [...(isOne ? [] : lowBits === 0 ? [high] : [high, low]), ...form.fields],
    };
  }
  return undefined;
}

/** Writes the factors over their smallest common power of two. */
function commonShift(rescales: readonly Rescale[]): Factors {
  const reduced = rescales.map(({ multiplier, shift }) => {
    if (multiplier === 0) return { multiplier, shift: 0 };
    const zeros = Math.min(31 - Math.clz32(multiplier & -multiplier), shift);
    return { multiplier: multiplier / 2 ** zeros, shift: shift - zeros };
  });
  const shift = Math.max(...reduced.map((rescale) => rescale.shift));
  return { numerators: reduced.map((rescale) => rescale.multiplier * 2 ** (shift - rescale.shift)), shift };
}

/** Four lanes of some vectors at once: what the record holds is loaded once for all. */
export function emitProduct32(
  f: FunctionBuilder,
  { shift, lowBits, addend }: Product32Code,
  values: readonly Local<'v128'>[],
  record: Value<'i32'>,
  offset: number,
): void {
  let next = offset;
  const field = (name: string): Local<'v128'> => {
    const local = f.local('v128', name);
    f.set(local, load('v128.load', record, next));
    next += 16;
    return local;
  };
  const change = (by: (value: Local<'v128'>, index: number) => Value<'v128'>): void => {
    values.forEach((value, index) => {
      f.set(value, by(value, index));
    });
  };
  const signs = values.map((_, index) => f.local('v128', `sign${index}`));
  if (addend === 'signed') {
    values.forEach((value, index) => {
      f.set(signs[index], op('i32x4.shr_s', value, i32(31)));
    });
  }
  if (lowBits !== null) {
    const high = field('highFactor');
    if (lowBits === 0) change((value) => op('i32x4.mul', value, high));
    else {
      const low = field('lowFactor');
      change((value) =>
        op(
          'i32x4.add',
          op('i32x4.mul', value, high),
          op('i32x4.shr_s', op('i32x4.mul', value, low), i32(lowBits)),
        ),
      );
    }
  }
  if (shift === 0) return;
  if (addend !== 'none') {
    const added = addend === 'half' ? f.constant(i32x4(2 ** (shift - 1))) : field('addend');
    change((value) => op('i32x4.add', value, added));
  }
  if (addend === 'signed') {
    const less = field('less');
    change((value, index) => op('i32x4.sub', value, op('v128.and', signs[index], less)));
  }
  change((value) => op('i32x4.shr_s', value, i32(shift)));
}
