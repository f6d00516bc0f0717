import type { Issue } from '../errors.js';
import { closestName } from './closestName.js';

/** One issue for every key that is not known, with the nearest name that is. */
export function unknownKeys(
  value: object,
  known: readonly string[],
  path: string,
  code: 'UNKNOWN_FIELD' | 'UNKNOWN_OPTION',
): Issue[] {
  return Object.entries(value)
    .filter(([key, content]) => !known.includes(key) && content !== undefined)
    .map(([key]) => {
      const nearest = closestName(key, known);
      return {
        code,
        path: path === '' ? key : `${path}.${key}`,
        message: `got an unknown name, expected only ${known.join(', ')}`,
        fix: nearest === undefined ? `remove ${key}` : `did you mean ${nearest}?`,
      };
    });
}
