import { loadBytes, storeBytes } from './elements.js';
import { add, multiply, type FunctionBuilder, type Local, type Operand } from './emitter/index.js';
import { emitSteps } from './emitSteps.js';

/** Runs of at least this many bytes are copied by the engine: calling it takes as long as some of the steps below. */
const LONG_BYTES = 512;

/** Copies a run of values; the two must not overlap. */
export function emitCopyRun(
  f: FunctionBuilder,
  source: Local<'i32'>,
  target: Local<'i32'>,
  length: Operand,
  elementBytes: number,
): void {
  const byteLength = multiply(length, elementBytes);
  const { constant } = byteLength;
  if (constant === undefined || constant >= LONG_BYTES) {
    f.copy(target, source, byteLength);
    return;
  }
  const step = Math.min(constant, 16);
  const position = f.local('i32', 'copied');
  const from = f.local('i32', 'copySource');
  const to = f.local('i32', 'copyTarget');
  const value = f.local('v128', 'copyValue');
  const copyStep = (start: Local<'i32'>, end: Local<'i32'>): void => {
    loadBytes(f, start, 0, value, step);
    storeBytes(f, end, 0, value, step);
  };
  if (constant === step) {
    copyStep(source, target);
    return;
  }
  emitSteps(f, position, constant, step, () => {
    f.set(from, add(source, position));
    f.set(to, add(target, position));
    copyStep(from, to);
  });
}
