import * as tf from '@tensorflow/tfjs-core';
import type { FrozenUnit } from '../layers/stages.js';
import { range } from '../training/imageIndices.js';
import type { LayerFeed } from '../training/layerFeed.js';

const imagesToMeasure = 256;

/** Signal-to-quantisation-noise ratio of a frozen unit's integers against its tap: `10 log10(sum tap^2 / sum (tap - student)^2)`. */
export async function measureSqnrDb(frozen: FrozenUnit, validation: LayerFeed): Promise<number> {
  const count = Math.min(imagesToMeasure, validation.count);
  const student = await validation.frozenOutput(frozen, count);
  const [tap] = validation.teacherValues(range(0, count), [frozen.plan.tap]) as [tf.Tensor];
  const ratio = tf.tidy(() => tf.div(tf.sum(tf.square(tap)), tf.sum(tf.squaredDifference(tap, student))));
  const [value] = await ratio.data();
  tf.dispose([student, tap, ratio]);
  return toDecibels(value);
}

/** Decibels of a power ratio, kept within what JSON can hold: a perfect match is 200 dB. */
function toDecibels(ratio: number): number {
  if (Number.isNaN(ratio)) return 0;
  return Math.max(-200, Math.min(200, 10 * Math.log10(ratio)));
}
