import type { Issue } from '@bnfree/core';

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
        fix: nearest === undefined ? `remove ${key}` : `did you mean ${nearest}?`,
      };
    });
}

/** The known name within a third of the key's letters by edit distance, or undefined. */
function nearestName(key: string, known: readonly string[]): string | undefined {
  const ranked = known
    .map((name) => ({ name, distance: editDistance(key.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  return best && best.distance <= Math.max(2, Math.floor(key.length / 3)) ? best.name : undefined;
}

/** Insertions, deletions and substitutions that turn one text into the other (Levenshtein). */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const substituted = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(substituted, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
