import { closestName } from '@bnfree/integer-kernels';
import type { Issue } from '@bnfree/core';

/** The issue of a share outside 0 .. 1; none where it is inside. */
export function shareIssues(path: string, value: number): Issue[] {
  if (value >= 0 && value <= 1) return [];
  return [
    {
      code: 'OPTION_RANGE',
      path,
      message: `got ${value}, expected a share from 0 to 1`,
      fix: `${path}: 0.5`,
    },
  ];
}

/** The issue of a weight below zero or not finite; none else. */
export function weightIssues(path: string, value: number): Issue[] {
  if (Number.isFinite(value) && value >= 0) return [];
  return [
    {
      code: 'OPTION_RANGE',
      path,
      message: `got ${value}, expected a weight of 0 or more`,
      fix: `${path}: 1`,
    },
  ];
}

/** The issue of an accumulator width outside 8 .. 32; none inside. */
export function bitIssues(path: string, value: number): Issue[] {
  if (Number.isInteger(value) && value >= 8 && value <= 32) return [];
  return [
    {
      code: 'OPTION_RANGE',
      path,
      message: `got ${value}, expected a whole number from 8 to 32`,
      fix: `${path}: 16`,
    },
  ];
}

/** The issue of a name that is none of the known ones. */
export function nameIssues(path: string, value: string, known: readonly string[]): Issue[] {
  if (known.includes(value)) return [];
  return [
    {
      code: 'OPTION_RANGE',
      path,
      message: `got '${value}', expected ${known.map((name) => `'${name}'`).join(', ')}`,
      fix: `${path}: '${closestName(value, known) ?? known[0]}'`,
    },
  ];
}
