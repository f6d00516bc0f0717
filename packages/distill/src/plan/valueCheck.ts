import { closestName } from '@bnfree/integer-kernels';
import type { Issue } from '@bnfree/core';

/** Codes of the issues of one kind of document. */
export interface CheckCodes {
  readonly unknownKey: string;
  readonly invalid: string;
}

/** Checks an untrusted value; `path` says where it stands. Never throws. */
export type ValueCheck = (value: unknown, path: string, codes: CheckCodes) => Issue[];

/** A whole number from `minimum` to `maximum`. */
export function integer(minimum: number, maximum: number): ValueCheck {
  return (value, path, codes) =>
    Number.isInteger(value) && (value as number) >= minimum && (value as number) <= maximum
      ? []
      : [
          invalid(
            codes,
            path,
            value,
            `a whole number from ${minimum} to ${maximum}`,
            String(clampNear(value, minimum, maximum)),
          ),
        ];
}

/** Any number but NaN and the infinities. */
export const finite: ValueCheck = (value, path, codes) =>
  Number.isFinite(value) ? [] : [invalid(codes, path, value, 'a finite number', '1')];

/** A string that is not empty. */
export const text: ValueCheck = (value, path, codes) =>
  typeof value === 'string' && value !== '' ? [] : [invalid(codes, path, value, 'a name', "'name'")];

/** One of a few literals. */
export function oneOf(...choices: readonly (string | null)[]): ValueCheck {
  return (value, path, codes) => {
    if (choices.includes(value as string)) return [];
    const names = choices.filter((choice) => choice !== null);
    const nearest = typeof value === 'string' ? closestName(value, names) : undefined;
    const expected = choices.map(show).join(', ');
    return [invalid(codes, path, value, `one of ${expected}`, show(nearest ?? choices[0]))];
  };
}

/** An array of `length` items (any number when null). */
export function arrayOf(item: ValueCheck, length: number | null = null): ValueCheck {
  return (value, path, codes) => {
    if (!Array.isArray(value) || (length !== null && value.length !== length)) {
      const expected = length === null ? 'an array' : `an array of ${length}`;
      return [invalid(codes, path, value, expected, length === 2 ? '[1, 1]' : '[]')];
    }
    return value.flatMap((entry, i) => item(entry, `${path}[${i}]`, codes));
  };
}

/** `null`, or what `check` accepts. */
export function nullable(check: ValueCheck): ValueCheck {
  return (value, path, codes) => (value === null ? [] : check(value, path, codes));
}

/** `undefined`, or what `check` accepts. */
export function optional(check: ValueCheck): ValueCheck {
  return (value, path, codes) => (value === undefined ? [] : check(value, path, codes));
}

/** An object with these keys and no others. */
export function object(fields: Readonly<Record<string, ValueCheck>>): ValueCheck {
  return (value, path, codes) => {
    if (!isRecord(value)) return [invalid(codes, path, value, 'an object', '{}')];
    const known = Object.entries(fields).flatMap(([key, check]) => check(value[key], join(path, key), codes));
    return [...unknownKeys(value, Object.keys(fields), path, codes), ...known];
  };
}

/** An object with any keys, whose values pass one check. */
export function dictionary(check: ValueCheck): ValueCheck {
  return (value, path, codes) =>
    isRecord(value)
      ? Object.entries(value).flatMap(([key, item]) => check(item, join(path, key), codes))
      : [invalid(codes, path, value, 'an object', '{}')];
}

/** An object whose `kind` decides its other keys. */
export function taggedObject(
  variants: Readonly<Record<string, Readonly<Record<string, ValueCheck>>>>,
): ValueCheck {
  return (value, path, codes) => {
    if (!isRecord(value)) return [invalid(codes, path, value, 'an object', '{}')];
    const kind = oneOf(...Object.keys(variants));
    const issues = kind(value['kind'], join(path, 'kind'), codes);
    return issues.length > 0
      ? issues
      : object({ kind, ...variants[value['kind'] as string] })(value, path, codes);
  };
}

/** Issues of keys that are not among `known`, with the key that was probably meant. */
export function unknownKeys(
  value: object,
  known: readonly string[],
  path: string,
  codes: CheckCodes,
): Issue[] {
  return Object.keys(value)
    .filter((key) => !known.includes(key))
    .map((key) => {
      const nearest = closestName(key, known);
      return {
        code: codes.unknownKey,
        path: join(path, key),
        message: `Got the unknown key "${key}", expected one of ${known.join(', ')}.`,
        fix: nearest === undefined ? `remove ${join(path, key)}` : `did you mean "${nearest}"?`,
      };
    });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalid(codes: CheckCodes, path: string, value: unknown, expected: string, example: string): Issue {
  return {
    code: codes.invalid,
    path,
    message: `Got ${show(value)}, expected ${expected}.`,
    fix: `${path.slice(path.lastIndexOf('.') + 1)}: ${example}`,
  };
}

function clampNear(value: unknown, minimum: number, maximum: number): number {
  const near = typeof value === 'number' && !Number.isNaN(value) ? Math.round(value) : minimum;
  return Math.min(Math.max(near, minimum), maximum);
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

function show(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'object' && value !== null)
    return Array.isArray(value) ? `an array of ${value.length}` : 'an object';
  return String(value);
}
