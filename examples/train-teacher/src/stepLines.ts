import type { TrainingStep } from './trainBatches.js';

/** Writes a line about every two seconds: where the run is, its mean loss since the last line, how long it will take. */
export function stepLines(
  stream: { write(text: string): unknown },
  batchSize: number,
  now: () => number,
): (step: TrainingStep) => void {
  let [losses, count] = [0, 0];
  let lineMs = now();
  return ({ step, steps, epoch, loss, rate }) => {
    losses += loss;
    count += 1;
    const passedMs = now() - lineMs;
    if (passedMs < 2000 && step < steps) return;
    const speed = (1000 * count * batchSize) / Math.max(1, passedMs);
    const left = Math.ceil(((steps - step) * batchSize) / speed);
    stream.write(
      `epoch ${epoch} step ${step}/${steps} loss ${(losses / count).toFixed(4)} rate ${rate.toFixed(4)} ` +
        `${speed.toFixed(0)} images/s, ${left} s left\n`,
    );
    [losses, count] = [0, 0];
    lineMs = now();
  };
}
