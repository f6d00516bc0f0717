import { expectThat, optional } from '../options/checkOptions.js';

/** Checks of {@link LabelOptions}. */
export const labelChecks = {
  labels: optional(
    expectThat(
      (value) => value === false || (typeof value === 'string' && value !== ''),
      'the path of a file, or false',
      "labels: 'val.txt'",
    ),
  ),
  classes: optional(
    expectThat(
      (value) => Array.isArray(value) && value.length > 0 && new Set(value).size === value.length,
      'a list of different names',
      "classes: ['cat', 'dog']",
    ),
  ),
};
