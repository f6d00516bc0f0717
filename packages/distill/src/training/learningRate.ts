/** Factor on the learning rate at a step: linear warm-up, then half a cosine down to zero. */
export function cosineSchedule(step: number, steps: number, warmUpSteps: number): number {
  if (step < warmUpSteps) return (step + 1) / (warmUpSteps + 1);
  const progress = (step - warmUpSteps) / Math.max(1, steps - warmUpSteps);
  return 0.5 * (1 + Math.cos(Math.PI * progress));
}
