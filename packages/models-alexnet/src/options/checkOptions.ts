import type { Issue } from '@bnfree/core';
import {
  type Check,
  type FieldChecks,
  closestName,
  isIntegerIn,
  showValue,
  unknownKeys,
} from '@bnfree/integer-kernels';

/** Checks an options object: unknown keys and bad values, all at once. */
export function checkOptions(options: object, checks: FieldChecks, path = 'options'): Issue[] {
  const known = Object.keys(checks);
  const values: Readonly<Record<string, unknown>> = { ...options };
  return [
    ...known.flatMap((key) => checks[key](values[key], `${path}.${key}`)),
    ...unknownKeys(options, known, path, 'UNKNOWN_OPTION'),
  ];
}

/** Lets an option be left out. */
export function optional(check: Check): Check {
  return (value, path) => (value === undefined ? [] : check(value, path));
}

/** A whole number of `min .. max`. */
export function integer(min: number, max: number): Check {
  return expectThat(
    (value) => isIntegerIn(value, min, max),
    `a whole number of ${min} .. ${max}`,
    'choose one of that range',
  );
}

/** One of a few texts. */
export function oneOf(names: readonly string[]): Check {
  return (value, path) => {
    const nearest = typeof value === 'string' ? closestName(value, names) : undefined;
    const fix = nearest === undefined ? `write '${names[0]}'` : `did you mean '${nearest}'?`;
    const isKnown = (name: unknown): boolean => names.some((known) => known === name);
    return expectThat(isKnown, `one of ${names.map((name) => `'${name}'`).join(', ')}`, fix)(value, path);
  };
}

/** Anything that passes a test; `expected` and `fix` make the message. */
export function expectThat(isRight: (value: unknown) => boolean, expected: string, fix: string): Check {
  return (value, path) =>
    isRight(value)
      ? []
      : [{ code: 'INVALID_OPTION', path, message: `got ${showValue(value)}, expected ${expected}`, fix }];
}
