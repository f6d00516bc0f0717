/**
 * Largest accumulator of every output channel, from above: `sum |weight| * magnitude + |bias|`.
 *
 * `weights` are rows of equal length, one a channel; `magnitude` is the largest `|value - zeroPoint|`, padding included.
 */
export function channelBounds(
  weights: Int16Array,
  channels: number,
  magnitude: number,
  bias: Int32Array | undefined,
): number[] {
  const length = weights.length / channels;
  return Array.from({ length: channels }, (_, channel) => {
    let sum = 0;
    for (let k = channel * length; k < (channel + 1) * length; k += 1) sum += Math.abs(weights[k]);
    return sum * magnitude + Math.abs(bias?.[channel] ?? 0);
  });
}
