import { distilDefaults } from '../distilDefaults.js';
import type { ImagenetFile } from './imagenetFile.js';

/** Forward and backward passes are three times the forward one. */
const forwardShare = 1 / 3;
/** Of all layers together, in a fit step of each: the student's, forward and back, and the teacher's. */
const stepShare = 1 + forwardShare;
/** What the teacher and the student compute of an image, once each. */
const bothForward = 2 * forwardShare;
/** Looks at held-out images: the power of the tap, the start, and every 25th step. */
const looks = (steps: number): number => 2 + Math.ceil(steps / 25);

/**
 * Processor hours of `distil` with its own defaults: a whole run without fitting as it was measured, and beside it the images that it
 * did not have and the fit, by the seconds of a training step of the same batch.
 */
export function distillationHours({ distillation, training }: ImagenetFile): number {
  const { images, fitSteps, batch } = distilDefaults;
  const cost = training.find((row) => row.batch === batch && row.variant === distillation.variant);
  if (cost === undefined) throw new Error(`got no training cost of ${batch} images a step`);
  const perStep = cost.processorSecondsPerStep;
  const heldOut = Math.floor(images / 10);
  const shown = images - distillation.images + looks(fitSteps) * heldOut;
  const fit = fitSteps * perStep * stepShare + (shown * bothForward * perStep) / batch;
  return (distillation.processorSeconds + fit) / 3600;
}
