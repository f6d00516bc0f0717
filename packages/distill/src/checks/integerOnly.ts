import { verify } from '@bnfree/core';
import type { Check } from './check.js';

/** Proves that no float stands in the model nor in any code that a backend can emit for it. */
export function integerOnly(): Check {
  return { name: 'integerOnly', run: ({ graph }) => Promise.resolve(verify(graph).issues) };
}
