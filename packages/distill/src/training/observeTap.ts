import type { LayerContext } from '../passes/pass.js';
import type { PlannedUnit } from '../plan/studentPlan.js';
import { activationGrid } from './activationGrid.js';
import { observeMagnitudes, type ActivationObserver } from './observers.js';
import { readInChunks } from './readInChunks.js';
import type { Looks } from './severalLooks.js';

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
  return Math.fround(observer.step(await observeMagnitudes(chunks, grid.min < 0), grid.max));
}

/** The teacher's values at a unit's tap on the first training images, batch by batch. */
export function readTap(
  { tap, outputShape }: PlannedUnit,
  { training, batchSize, budget, signal }: LayerContext,
  images: number,
): Promise<Looks<Float32Array>> {
  const count = Math.min(images, training.count);
  return readInChunks(
    { shape: outputShape, count, atOnce: batchSize, budget, signal },
    (indices) => training.teacherValues(indices, [tap])[0],
  );
}
