/**
 * Learning rate at a step: up to `peak` over a quarter of the steps, then down to nothing, both along half a cosine
 * (Smith, Topin, "Super-Convergence", arXiv 1708.07120).
 */
export function oneCycle(step: number, steps: number, peak: number): number {
  const rising = Math.max(1, Math.round(steps / 4));
  const from = peak / 25;
  if (step < rising) return from + (peak - from) * easing(step / rising);
  return peak * (1 - easing((step - rising) / Math.max(1, steps - rising)));
}

/** 0 to 1, level at both ends. */
function easing(share: number): number {
  return 0.5 * (1 - Math.cos(Math.PI * share));
}
