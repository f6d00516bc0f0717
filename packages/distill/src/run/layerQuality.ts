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
  const count = Math.min(imagesToMeasure, validation.count);
  const student = await validation.frozenOutput(frozen, count);
  const [tap] = validation.teacherValues(range(0, count), [frozen.plan.tap]) as [tf.Tensor];
  const ratio = tf.tidy(() => tf.div(tf.sum(tf.square(tap)), tf.sum(tf.squaredDifference(tap, student))));
  const [value] = await ratio.data();
  const outputHistogram = countStored(frozen, await student.data());
  tf.dispose([student, tap, ratio]);
  return { sqnrDb: toDecibels(value), outputHistogram };
}

/** Counts real values as the integers that they stand for. */
function countStored({ output: { tensor, scale } }: FrozenUnit, values: ArrayLike<number>): Histogram | null {
  const { type, zeroPoint, quantMin: min, quantMax: max } = tensor;
  if (type === 'int32') return null;
  const step = fromDyadic(scale);
  const counts = new Array<number>(max - min + 1).fill(0);
  for (let i = 0; i < values.length; i += 1) {
    const stored = Math.round(values[i] / step) + zeroPoint;
    counts[Math.min(max, Math.max(min, stored)) - min] += 1;
  }
  return { min, counts };
}

/** Decibels of a power ratio, kept within what JSON can hold: a perfect match is 200 dB. */
function toDecibels(ratio: number): number {
  if (Number.isNaN(ratio)) return 0;
  return Math.max(-200, Math.min(200, 10 * Math.log10(ratio)));
}
