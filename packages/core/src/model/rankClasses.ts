import type { ModelArray } from './modelResult.js';

/** For each of `count` images, indices sorted by value: largest first, the lower index first among equals. */
export function rankClasses(values: ModelArray, count: number): Int32Array[] {
  const classes = values.length / count;
  return Array.from({ length: count }, (_, image) => {
    const logits = values.subarray(image * classes, (image + 1) * classes);
    const indices = Int32Array.from({ length: classes }, (_value, index) => index);
    return indices.sort((a, b) => (logits[b] ?? 0) - (logits[a] ?? 0) || a - b);
  });
}
