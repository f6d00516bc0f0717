import type { ActivationSpec, Requantization } from '@bnfree/integer-kernels';
import { deviationShare } from './randomActivations.js';
import type { RandomSource } from './randomSource.js';

/** What a layer that sums products gives. */
export interface OutputOptions {
  /** `relu` stores 0 .. 127 (seven bits), `linear` -128 .. 127, `accumulator` the int32 sums without a bias; default `relu`. */
  readonly output?: 'relu' | 'linear' | 'accumulator';
  /** Largest stored output; default 127. */
  readonly quantMax?: number;
}

/** Output, bias and requantization of a layer, and the root mean square that its output is expected to have. */
export interface FinishedLayer {
  readonly fields: {
    readonly output: ActivationSpec;
    readonly bias?: Int32Array;
    readonly requantization: Requantization;
  };
  readonly rms: number;
}

/**
 * Scales every channel of a layer so that its output is alive.
 *
 * @param accumulatorRms expected root mean square of every output channel's sums
 */
export function finishLayer(
  shape: readonly number[],
  accumulatorRms: Float64Array,
  { output = 'relu', quantMax = 127 }: OutputOptions,
  random: RandomSource,
): FinishedLayer {
  if (output === 'accumulator') {
    const spec = { type: 'int32', zeroPoint: 0, quantMin: -(2 ** 31), quantMax: 2 ** 31 - 1 } as const;
    return {
      fields: { output: { ...spec, shape }, requantization: { kind: 'none' } },
      rms: accumulatorRms[0],
    };
  }
  const deviation = quantMax * deviationShare;
  const bias = Int32Array.from(accumulatorRms, (rms) => random.between(-rms / 4, rms / 4));
  const factors = accumulatorRms.map((rms) => (deviation / rms) * (0.75 + random.between(0, 32) / 64));
  return {
    fields: { output: activation(shape, output, quantMax), bias, requantization: perChannel(factors) },
    rms: output === 'relu' ? deviation / Math.SQRT2 : deviation,
  };
}

/** An int8 activation. */
export function activation(
  shape: readonly number[],
  kind: 'relu' | 'linear',
  quantMax: number,
): ActivationSpec {
  return { shape, type: 'int8', zeroPoint: 0, quantMin: kind === 'relu' ? 0 : -quantMax - 1, quantMax };
}

/** One factor a channel, as multipliers of 24 significant bits: peers hold them in float32 without a loss. */
function perChannel(factors: Float64Array): Requantization {
  const exponents = Int32Array.from(factors, (factor) => Math.floor(Math.log2(factor)));
  return {
    kind: 'multiplier',
    rounding: 'halfUp',
    multipliers: Int32Array.from(
      factors,
      (factor, channel) => Math.floor((factor / 2 ** exponents[channel]) * 2 ** 23) * 2 ** 7,
    ),
    shifts: exponents.map((exponent) => 30 - exponent),
  };
}
