import type * as tf from '@tensorflow/tfjs-core';
import type { LayerContext } from '../passes/pass.js';
import type { PlannedUnit } from '../plan/studentPlan.js';
import { activationGrid } from './activationGrid.js';
import { range } from './imageIndices.js';
import { observeMagnitudes, type ActivationObserver } from './observers.js';
import { yieldToEventLoop } from './yieldToEventLoop.js';

/** What one step of a unit's output should be worth: as planned, or chosen by an observer from the teacher's tap on some training images. */
export async function observeTap(
  unit: PlannedUnit,
  context: LayerContext,
  observer: ActivationObserver,
  images: number,
): Promise<number> {
  const known = unit.activations?.step;
  if (known !== undefined) return Math.fround(known.numerator / known.denominator);
  const grid = activationGrid(unit.activations?.bits ?? 8, unit.activation);
  const chunks = await readTap(unit, context, images);
  return Math.fround(observer.step(observeMagnitudes(chunks, grid.min < 0), grid.max));
}

/** The teacher's values at a unit's tap on the first training images, batch by batch. */
export async function readTap(
  { tap }: PlannedUnit,
  { training, batchSize, signal }: LayerContext,
  images: number,
): Promise<Float32Array[]> {
  const chunks: Float32Array[] = [];
  const total = Math.min(images, training.count);
  for (let start = 0; start < total; start += batchSize) {
    signal?.throwIfAborted();
    const indices = range(start, Math.min(total, start + batchSize));
    const [values] = training.teacherValues(indices, [tap]) as [tf.Tensor];
    chunks.push((await values.data()) as Float32Array);
    values.dispose();
    await yieldToEventLoop();
  }
  return chunks;
}
