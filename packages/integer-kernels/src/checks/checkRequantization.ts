import type { ActivationSpec } from '../activation.js';
import type { Issue } from '../errors.js';
import type { Requantization, Rounding } from '../requantization.js';
import { int32Array } from './checkBias.js';
import {
  type Check,
  type FieldChecks,
  checkFields,
  integer,
  isRecord,
  joinPath,
  oneOf,
} from './checkFields.js';

const roundings: readonly Rounding[] = ['halfUp', 'gemmlowp', 'halfToEven'];

/** Checks a rounding name. */
export const rounding: Check = oneOf(...roundings);

/** Checks one dyadic factor. */
export const rescale: Check = (value, path) =>
  checkFields(value, { multiplier: integer(0, 0x7fffffff), shift: integer(0, 62) }, path);

const kinds: Readonly<Record<Requantization['kind'], FieldChecks>> = {
  none: {},
  multiplier: { rounding, multipliers: int32Array, shifts: int32Array },
  shift: { rounding, shifts: int32Array },
  divide: { rounding: oneOf('halfUp', 'halfToEven'), divisors: int32Array },
  threshold: { count: integer(1, 15), thresholds: int32Array },
};

/** Checks the fields of a requantization; {@link checkRequantization} checks it against an op. */
export const requantization: Check = (value, path) => {
  const kind = Object.keys(kinds).find((name) => isRecord(value) && name === value['kind']);
  const checkKind = oneOf(...Object.keys(kinds));
  if (kind === undefined)
    return isRecord(value) ? checkKind(value['kind'], joinPath(path, 'kind')) : checkFields(value, {}, path);
  return checkFields(value, { kind: checkKind, ...kinds[kind as Requantization['kind']] }, path);
};

/** Checks lengths and values against the channels and the output of the op. */
export function checkRequantization(
  value: Requantization,
  channels: number,
  output: ActivationSpec,
): Issue[] {
  const at = (key: string) => `requantization.${key}`;
  switch (value.kind) {
    case 'none':
      return output.type === 'int32' ? [] : [mustBeInt32(output)];
    case 'multiplier':
      return [
        ...checkEntries(value.multipliers, at('multipliers'), channels, 0, 0x7fffffff),
        ...checkEntries(value.shifts, at('shifts'), channels, 0, 62),
      ];
    case 'shift':
      return checkEntries(value.shifts, at('shifts'), channels, 0, 31);
    case 'divide':
      return checkEntries(value.divisors, at('divisors'), channels, 1, 0x7fffffff);
    case 'threshold':
      return checkThresholds(value, channels, output);
  }
}

function checkEntries(
  entries: Int32Array,
  path: string,
  channels: number,
  min: number,
  max: number,
): Issue[] {
  if (entries.length !== 1 && entries.length !== channels) {
    return [
      wrongLength(path, entries.length, channels === 1 ? '1' : `1 or ${channels}, one per output channel`),
    ];
  }
  const index = entries.findIndex((entry) => entry < min || entry > max);
  if (index < 0) return [];
  return [
    {
      code: 'INVALID_VALUE',
      path: `${path}[${index}]`,
      message: `got ${entries[index]}, expected a whole number of ${min} .. ${max}`,
      fix: 'choose a factor that the requantization can express',
    },
  ];
}

function checkThresholds(
  { count, thresholds }: Extract<Requantization, { kind: 'threshold' }>,
  channels: number,
  output: ActivationSpec,
): Issue[] {
  const issues: Issue[] = [];
  const path = 'requantization.thresholds';
  if (thresholds.length !== count && thresholds.length !== count * channels) {
    issues.push(
      wrongLength(path, thresholds.length, `${count} or ${count * channels}, ${count} per output channel`),
    );
  }
  const index = thresholds.findIndex((value, i) => i % count > 0 && value < thresholds[i - 1]);
  if (index >= 0) {
    issues.push({
      code: 'INVALID_VALUE',
      path: `${path}[${index}]`,
      message: `got ${thresholds[index]} after ${thresholds[index - 1]}, expected ascending thresholds`,
      fix: 'sort the thresholds of each row',
    });
  }
  if (output.quantMin + count > output.quantMax) {
    issues.push({
      code: 'INVALID_VALUE',
      path: 'requantization.count',
      message: `got ${count} thresholds, expected at most quantMax - quantMin = ${output.quantMax - output.quantMin}`,
      fix: 'use fewer thresholds or a larger output.quantMax',
    });
  }
  return issues;
}

function wrongLength(path: string, got: number, expected: string): Issue {
  return {
    code: 'WRONG_LENGTH',
    path,
    message: `got ${got} entries, expected ${expected}`,
    fix: 'pass one entry for the tensor, or one for every output channel',
  };
}

function mustBeInt32({ type }: ActivationSpec): Issue {
  return {
    code: 'TYPE_MISMATCH',
    path: 'output.type',
    message: `got '${type}', expected 'int32' because requantization.kind is 'none'`,
    fix: "set output.type to 'int32', or choose a requantization",
  };
}
