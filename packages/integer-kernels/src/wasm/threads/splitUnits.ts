import type { KernelPhase } from '../wasmKernel.js';

/** The units `begin .. end - 1`. */
export interface UnitRange {
  readonly begin: number;
  readonly end: number;
}

/** Cuts units into equal parts, between multiples of `unitStep`; at most one a step. */
export function splitUnits(
  { begin, end }: UnitRange,
  { unitStep = 1 }: KernelPhase,
  wanted: number,
): UnitRange[] {
  const steps = Math.ceil((end - begin) / unitStep);
  const parts = Math.min(wanted, steps);
  const cut = (part: number): number => Math.min(end, begin + Math.floor((steps * part) / parts) * unitStep);
  return Array.from({ length: parts }, (_, part) => ({ begin: cut(part), end: cut(part + 1) }));
}
