/** Number of thresholds at most `accumulator`: those of `thresholds[start .. start + count - 1]`, ascending. */
export function countThresholds(
  accumulator: number,
  thresholds: Int32Array,
  start: number,
  count: number,
): number {
  let passed = 0;
  while (passed < count && thresholds[start + passed] <= accumulator) passed += 1;
  return passed;
}
