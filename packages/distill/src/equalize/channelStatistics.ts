import { foldNormalization } from '../layers/foldNormalization.js';
import type { Teacher } from '../teacher/teacher.js';
import { trainableOf } from '../trainable/index.js';
import type { ChannelPair } from './channelPairs.js';
import type { ChannelStatistics } from './chooseScales.js';

/**
 * What the parameters tell of the channels between two layers, without any data: behind a normalization, values have its gamma as
 * deviation and its beta as mean; without one, the deviation is that for inputs of power one.
 */
export function channelStatistics(
  teacher: Teacher,
  { first, second }: ChannelPair,
  levels: ChannelStatistics['levels'],
): ChannelStatistics {
  const { kernel, kernelShape, bias } = foldNormalization(teacher, first);
  const channels = bias.length;
  const rowLength = kernel.length / channels;
  const trainable = trainableOf(first.operation);
  const zeros = (): Float64Array => new Float64Array(channels);
  const statistics = {
    firstRange: zeros(),
    firstPower: zeros(),
    secondRange: zeros(),
    secondPower: zeros(),
    mean: Float64Array.from(bias),
    deviation: zeros(),
  };
  for (let channel = 0; channel < channels; channel += 1) {
    for (let position = 0; position < rowLength; position += 1) {
      const weight = kernel[trainable.kernelIndex(kernelShape, channel, position)];
      statistics.firstRange[channel] = Math.max(statistics.firstRange[channel], Math.abs(weight));
      statistics.firstPower[channel] = statistics.firstPower[channel] + weight ** 2;
    }
  }
  const next = foldNormalization(teacher, second);
  const outputs = next.kernelShape[next.kernelShape.length - 1];
  next.kernel.forEach((weight, i) => {
    const channel = Math.floor(i / outputs) % channels;
    statistics.secondRange[channel] = Math.max(statistics.secondRange[channel], Math.abs(weight));
    statistics.secondPower[channel] = statistics.secondPower[channel] + weight ** 2;
  });
  const { gamma, beta } = lastNormalization(teacher, first.teacherNodes);
  for (let channel = 0; channel < channels; channel += 1) {
    statistics.deviation[channel] = Math.abs(gamma?.[channel] ?? Math.sqrt(statistics.firstPower[channel]));
    if (gamma !== undefined) statistics.mean[channel] = beta?.[channel] ?? 0;
  }
  const secondFanOut = next.kernel.length / channels;
  return { ...statistics, firstFanIn: rowLength, secondFanOut, levels };
}

function lastNormalization(teacher: Teacher, names: readonly string[]) {
  const found = names
    .map((name) => teacher.parameters(name))
    .filter(({ variance }) => variance !== undefined);
  const { gamma, beta, variance } = found.at(-1) ?? {};
  const ones = variance === undefined ? undefined : new Float32Array(variance.length).fill(1);
  return { gamma: gamma ?? ones, beta };
}
