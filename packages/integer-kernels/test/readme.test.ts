import { describe, expect, test } from '@jest/globals';
import { opNames } from '../src/index.js';
import { examplesOf, printedBy } from './runExample.js';

const documents = {
  'packages/integer-kernels/README.md': ['One op on plain arrays', 'Many runs', 'A backend of your own'],
  'docs/backends.md': ['The smallest backend', 'Proof'],
  'docs/kernels.md': [...opNames, 'On views in an arena', 'Several ops in one arena'],
};

describe.each(Object.entries(documents))('%s', (document, titles) => {
  const examples = examplesOf(document);

  test('has its examples', () => {
    expect(examples.map(({ title }) => title)).toEqual(titles);
  });

  test.each(examples)('$title: the example prints what it says', async (example) => {
    expect(example.promised.length).toBeGreaterThan(0);
    expect(await printedBy(example)).toEqual(example.promised);
  });
});
