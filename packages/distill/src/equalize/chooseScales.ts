/** What is known of the channels between two layers; arrays have one entry a channel. */
export interface ChannelStatistics {
  /** Largest weight, and sum of squares, of the first layer's output channel, normalization folded in. */
  readonly firstRange: Float64Array;
  readonly firstPower: Float64Array;
  /** The same of all of the second layer's weights that take the channel. */
  readonly secondRange: Float64Array;
  readonly secondPower: Float64Array;
  /** Mean and deviation of the channel before its activation. */
  readonly mean: Float64Array;
  readonly deviation: Float64Array;
  /** Weights of one output of the first layer, and outputs of the second that take each channel. */
  readonly firstFanIn: number;
  readonly secondFanOut: number;
  /** Largest integers of the three grids. */
  readonly levels: { readonly first: number; readonly second: number; readonly activations: number };
}

const exponents = [0, 0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1];

/**
 * A scale for each channel: the first layer's weights and values are multiplied by it, the second's divided.
 *
 * Full equalization makes both layers' ranges equal in every channel (Nagel et al. 2019, arXiv 1906.04721), but spreads the values in
 * between. The power of it that is taken is the one with the least noise at the second layer's output, as estimated from both
 * layers' weight steps and the step of the values, uniform rounding errors and independent channels assumed.
 */
export function chooseScales(statistics: ChannelStatistics): Float64Array {
  const full = statistics.firstRange.map((range, channel) => {
    const other = statistics.secondRange[channel];
    return range > 0 && other > 0 ? Math.sqrt(other / range) : 1;
  });
  const center = Math.exp(mean(full.map(Math.log)));
  const candidates = exponents.map((exponent) => full.map((scale) => (scale / center) ** exponent));
  return candidates.reduce((best, scales) =>
    noise(statistics, scales) < noise(statistics, best) ? scales : best,
  );
}

function noise(s: ChannelStatistics, scales: Float64Array): number {
  const largest = (values: (channel: number) => number): number =>
    scales.reduce((max, _, channel) => Math.max(max, values(channel)), 0);
  const total = (values: (channel: number) => number): number =>
    scales.reduce((sum, _, channel) => sum + values(channel), 0);
  const rounding = (step: number): number => step ** 2 / 12;
  const firstStep = largest((c) => s.firstRange[c] * scales[c]) / s.levels.first;
  const secondStep = largest((c) => s.secondRange[c] / scales[c]) / s.levels.second;
  const valueStep =
    largest((c) => Math.max(0, s.mean[c] + 3 * s.deviation[c]) * scales[c]) / s.levels.activations;
  // Noise of the values, each behind the weights that take it.
  const gain = total((c) => s.secondPower[c] / scales[c] ** 2);
  const inputPower = median(s.deviation.map((d, c) => d ** 2 / Math.max(s.firstPower[c], 1e-20)));
  const fromFirst = rounding(firstStep) * s.firstFanIn * inputPower * gain;
  const fromValues = rounding(valueStep) * gain;
  const power = total((c) => (s.mean[c] ** 2 + s.deviation[c] ** 2) * scales[c] ** 2);
  return fromFirst + fromValues + rounding(secondStep) * s.secondFanOut * power;
}

function mean(values: Float64Array): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

function median(values: Float64Array): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}
