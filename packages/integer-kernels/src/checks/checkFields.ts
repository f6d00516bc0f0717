import type { Issue } from '../errors.js';
import { closestName } from './closestName.js';
import { showValue } from './showValue.js';
import { unknownKeys } from './unknownKeys.js';

/** Finds what is wrong with a value of unknown origin. Never throws. */
export type Check = (value: unknown, path: string) => Issue[];

/** One check for every field that an object may have. */
export type FieldChecks = Readonly<Record<string, Check>>;

/** Marks a field that may be left out. */
export function optional(check: Check): Check {
  return (value, path) => (value === undefined ? [] : check(value, path));
}

/** Checks an object field by field: missing, unknown and invalid fields, all at once. */
export function checkFields(value: unknown, fields: FieldChecks, path: string): Issue[] {
  if (!isRecord(value)) return [invalid(path, value, 'an object', 'pass a plain object')];
  const known = Object.keys(fields);
  return [
    ...known.flatMap((key) => fields[key](value[key], joinPath(path, key))),
    ...unknownKeys(value, known, path, 'UNKNOWN_FIELD'),
  ];
}

/** Whether a value can be asked for fields. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}

/** Whether every entry is a whole number of `min .. max`. */
export function isIntegerIn(value: unknown, min: number, max: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max;
}

/** A whole number of `min .. max`. */
export function integer(min: number, max: number): Check {
  return (value, path) =>
    isIntegerIn(value, min, max)
      ? []
      : [invalid(path, value, `a whole number of ${min} .. ${max}`, `set ${path} to a number in that range`)];
}

/** One of a few texts. */
export function oneOf(...names: readonly string[]): Check {
  return (value, path) =>
    typeof value === 'string' && names.includes(value)
      ? []
      : [
          invalid(
            path,
            value,
            `one of ${names.map((name) => `'${name}'`).join(', ')}`,
            suggest(value, names),
          ),
        ];
}

/** Two whole numbers of `min .. max`, `[height, width]`. */
export function pair(min: number, max: number): Check {
  return (value, path) =>
    Array.isArray(value) && value.length === 2 && value.every((item) => isIntegerIn(item, min, max))
      ? []
      : [
          invalid(
            path,
            value,
            `[height, width], both whole numbers of ${min} .. ${max}`,
            `write ${path}: [${min}, ${min}]`,
          ),
        ];
}

/** `true` or `false`. */
export const flag: Check = (value, path) =>
  typeof value === 'boolean' ? [] : [invalid(path, value, 'true or false', `set ${path} to true or false`)];

/** A list of exactly `length` entries, or of `[min, max]` entries, each checked. */
export function listOf(check: Check, minLength: number, maxLength: number): Check {
  return (value, path) => {
    if (!Array.isArray(value) || value.length < minLength || value.length > maxLength) {
      const expected = minLength === maxLength ? `${minLength}` : `${minLength} .. ${maxLength}`;
      return [invalid(path, value, `an array of ${expected} entries`, `pass ${expected} entries in ${path}`)];
    }
    return Array.from(value as unknown[], (item, i) => check(item, `${path}[${i}]`)).flat();
  };
}

/** The issue of a value that has the wrong type or lies outside its range. */
export function invalid(path: string, got: unknown, expected: string, fix: string): Issue {
  const code = got === undefined ? 'MISSING_FIELD' : 'INVALID_VALUE';
  return { code, path, message: `got ${showValue(got)}, expected ${expected}`, fix };
}

/** `path.key`, or the key alone at the top. */
export function joinPath(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

function suggest(value: unknown, names: readonly string[]): string {
  const nearest = typeof value === 'string' ? closestName(value, names) : undefined;
  return nearest === undefined ? `write '${names[0]}'` : `did you mean '${nearest}'?`;
}
