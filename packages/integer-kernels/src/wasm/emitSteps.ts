import { smaller, subtract, type FunctionBuilder, type Local, type Operand } from './emitter/index.js';

/**
 * Visits `0 .. count - 1` in steps of `step`, which is at most `count`; the body handles `position .. position + step - 1`.
 *
 * The last step is moved back to end with the count: what two steps share is done twice.
 */
export function emitSteps(
  f: FunctionBuilder,
  position: Local<'i32'>,
  count: Operand,
  step: number,
  body: () => void,
  isWhole = typeof count === 'number' && count % step === 0,
): void {
  const last = subtract(count, step);
  f.range(position, 0, count, step, () => {
    if (!isWhole) f.set(position, smaller(position, last));
    body();
  });
}

/** Where the steps of {@link emitSteps} begin. */
export function stepStarts(count: number, step: number): number[] {
  return Array.from({ length: Math.ceil(count / step) }, (_, index) => Math.min(index * step, count - step));
}
