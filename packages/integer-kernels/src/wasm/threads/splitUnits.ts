import type { KernelPhase } from '../wasmKernel.js';

/** The units `begin .. end - 1`. */
export interface UnitRange {
  readonly begin: number;
  readonly end: number;
}

/**
 * Cuts the units of a phase into equal parts, one a thread, between multiples of `unitStep`.
 *
 * Where there are fewer steps than threads, the last threads get nothing and have no range.
 */
export function splitUnits({ units, unitStep = 1 }: KernelPhase, threads: number): UnitRange[] {
  const steps = Math.ceil(units / unitStep);
  const parts = Math.min(threads, steps);
  const cut = (part: number): number => Math.min(units, Math.floor((steps * part) / parts) * unitStep);
  return Array.from({ length: parts }, (_, part) => ({ begin: cut(part), end: cut(part + 1) }));
}
