import * as tf from '@tensorflow/tfjs-core';
import { fromDyadic } from '../layers/dyadic.js';
import type { FrozenUnit } from '../layers/stages.js';
import type { Histogram } from '../report/distillReport.js';
import { range } from '../training/imageIndices.js';
import type { LayerFeed } from '../training/layerFeed.js';

const imagesToMeasure = 256;

/** How good a frozen unit's integers are, on held-out images. */
export interface UnitQuality {
  /** Signal-to-quantisation-noise ratio against the tap: `10 log10(sum tap^2 / sum (tap - student)^2)`. */
  readonly sqnrDb: number;
  /** How often each stored value occurs; null for int32 logits. */
  readonly outputHistogram: Histogram | null;
}

/** Measures a frozen unit against its tap. */
export async function measureQuality(frozen: FrozenUnit, validation: LayerFeed): Promise<UnitQuality> {
  const outputHistogram = emptyHistogram(frozen);
  let signal = 0;
  let noise = 0;
  for await (const { start, end, values } of validation.frozenOutputs(frozen, imagesToMeasure)) {
    const [tap] = validation.teacherValues(range(start, end), [frozen.plan.tap]) as [tf.Tensor];
    const powers = tf.tidy(() => [tf.sum(tf.square(tap)), tf.sum(tf.squaredDifference(tap, values))]);
    signal += (await powers[0].data())[0];
    noise += (await powers[1].data())[0];
    if (outputHistogram !== null) countStored(frozen, await values.data(), outputHistogram);
    tf.dispose([values, tap, ...powers]);
  }
  // As float32 divides: what is measured in one part keeps the number that tfjs gave.
  return { sqnrDb: toDecibels(Math.fround(signal / noise)), outputHistogram };
}

/** Under count. */
interface Counts extends Histogram {
  readonly counts: number[];
}

function emptyHistogram({ output: { tensor } }: FrozenUnit): Counts | null {
  const { type, quantMin: min, quantMax: max } = tensor;
  return type === 'int32' ? null : { min, counts: new Array<number>(max - min + 1).fill(0) };
}

/** Counts real values as the integers that they stand for. */
function countStored(
  { output: { tensor, scale } }: FrozenUnit,
  values: ArrayLike<number>,
  { counts }: Counts,
): void {
  const { zeroPoint, quantMin: min, quantMax: max } = tensor;
  const step = fromDyadic(scale);
  for (let i = 0; i < values.length; i += 1) {
    const stored = Math.round(values[i] / step) + zeroPoint;
    counts[Math.min(max, Math.max(min, stored)) - min] += 1;
  }
}

/** Decibels of a power ratio, kept within what JSON can hold: a perfect match is 200 dB. */
function toDecibels(ratio: number): number {
  if (Number.isNaN(ratio)) return 0;
  return Math.max(-200, Math.min(200, 10 * Math.log10(ratio)));
}
