import type { DistillEventListener } from '@bnfree/distill';

/** Writes a line a layer, and one about every ten seconds of training. */
export function progressLines(
  stream: { write(text: string): unknown },
  now: () => number,
): DistillEventListener {
  let [losses, count] = [0, 0];
  let lineMs = now();
  return (event) => {
    if (event.type === 'layer-end') stream.write(`  ${event.layer}: ${event.sqnrDb.toFixed(1)} dB\n`);
    if (event.type !== 'step') return;
    const { step, steps, loss, pass, layer } = event;
    losses += loss;
    count += 1;
    const passedMs = now() - lineMs;
    if (passedMs < 10_000 && step < steps) return;
    const left = Math.round(((steps - step) * passedMs) / count / 1000);
    stream.write(
      `  ${layer} ${pass} ${step}/${steps}, loss ${(losses / count).toFixed(5)}, ${left} s left\n`,
    );
    [losses, count] = [0, 0];
    lineMs = now();
  };
}
