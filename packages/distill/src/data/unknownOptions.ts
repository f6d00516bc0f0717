import type { Issue } from '@bnfree/core';
import { nearestName } from '../plan/nearestName.js';

/**
 * Lists option keys that do not exist, with the nearest that does.
 *
 * @param path where the options stand, such as `splitPool.options`
 */
export function unknownOptions(path: string, options: object, known: readonly string[]): Issue[] {
  return Object.keys(options)
    .filter((key) => !known.includes(key))
    .map((key) => {
      const nearest = nearestName(key, known);
      return {
        code: 'UNKNOWN_OPTION',
        path: `${path}.${key}`,
        message: `got ${key}, expected one of ${known.join(', ')}`,
        fix: nearest === null ? `remove ${key}` : `did you mean ${nearest}?`,
      };
    });
}
