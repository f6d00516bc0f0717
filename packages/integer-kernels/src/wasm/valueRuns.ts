import {
  add,
  isLess,
  multiply,
  select,
  type FunctionBuilder,
  type Local,
  type Operand,
} from './emitter/index.js';
import { emitSteps } from './emitSteps.js';
import { isDense, rowAddress, type Geometry } from './geometry.js';

/** Tensors of one shape that are walked together, value by value. */
export interface ValueWalk {
  readonly tensors: readonly Geometry[];
  /** Whether channels are treated alike: then a run of values may cross pixels. */
  readonly isUniform: boolean;
}

/** Values of a run. */
export interface RunLength {
  readonly values: Operand;
  /** Whether steps of sixteen end with the run. */
  readonly isWhole: boolean;
}

/** Units of work `begin .. end - 1`. */
export interface UnitRange {
  readonly begin: Local<'i32'>;
  readonly end: Local<'i32'>;
}

/** Values of one unit where the tensors are one long run; the last unit takes what is left as well. */
const CHUNK_VALUES = 1024;

function isFlat({ tensors, isUniform }: ValueWalk): boolean {
  return isUniform && tensors.every(isDense);
}

function valueCount({ tensors: [{ batch, height, width, channels }] }: ValueWalk): number {
  return batch * height * width * channels;
}

/** Units of work: chunks of one long run, else rows. */
export function walkUnits(walk: ValueWalk): number {
  const [{ batch, height }] = walk.tensors;
  return isFlat(walk) ? Math.max(1, Math.floor(valueCount(walk) / CHUNK_VALUES)) : batch * height;
}

/** Values that one unit visits. */
export function walkUnitCost(walk: ValueWalk): number {
  return Math.ceil(valueCount(walk) / walkUnits(walk));
}

/** Visits the units: calls the body with the address of a run in every tensor, and its length. */
export function emitRuns(
  f: FunctionBuilder,
  walk: ValueWalk,
  bases: readonly Local<'i32'>[],
  { begin, end }: UnitRange,
  body: (pointers: readonly Local<'i32'>[], length: RunLength) => void,
): void {
  const { tensors, isUniform } = walk;
  const [{ width, channels }] = tensors;
  const unit = f.local('i32', 'unit');
  const pointers = tensors.map((_, index) => f.local('i32', `run${index}`));
  f.range(unit, begin, end, 1, () => {
    if (isFlat(walk)) {
      tensors.forEach(({ elementBytes, originPixels, pixelBytes }, index) => {
        const first = add(bases[index], originPixels * pixelBytes);
        f.set(pointers[index], add(first, multiply(unit, CHUNK_VALUES * elementBytes)));
      });
      body(pointers, chunkLength(f, walk, unit));
      return;
    }
    tensors.forEach((geometry, index) => {
      f.set(pointers[index], rowAddress(bases[index], geometry, unit));
    });
    const isGapless = tensors.every((tensor) => tensor.pixelBytes === channels * tensor.elementBytes);
    if (isUniform && isGapless) {
      body(pointers, fixedLength(width * channels));
      return;
    }
    f.repeat(f.local('i32', 'pixelsLeft'), width, () => {
      body(pointers, fixedLength(channels));
      tensors.forEach(({ pixelBytes }, index) => {
        f.increase(pointers[index], pixelBytes);
      });
    });
  });
}

function fixedLength(values: number): RunLength {
  return { values, isWhole: values % 16 === 0 };
}

function chunkLength(f: FunctionBuilder, walk: ValueWalk, unit: Local<'i32'>): RunLength {
  const last = walkUnits(walk) - 1;
  const rest = valueCount(walk) - last * CHUNK_VALUES;
  if (last === 0 || rest === CHUNK_VALUES) return fixedLength(rest);
  const values = f.local('i32', 'length');
  f.set(values, select(isLess(unit, last), CHUNK_VALUES, rest));
  return { values, isWhole: rest % 16 === 0 };
}

/** Values that one step of a run handles: as many as fit, or all of a shorter run. */
export function stepValues(length: Operand, most: 8 | 16): number {
  if (typeof length !== 'number' || length >= most) return most;
  return Math.min(length, 8);
}

/** Visits a run in steps of {@link stepValues}; calls the body with the addresses of a step. */
export function emitRunSteps(
  f: FunctionBuilder,
  { values, isWhole }: RunLength,
  most: 8 | 16,
  pointers: readonly { readonly start: Local<'i32'>; readonly valueBytes: number }[],
  body: (addresses: readonly Local<'i32'>[], count: number) => void,
): void {
  const position = f.local('i32', 'position');
  const addresses = pointers.map((_, index) => f.local('i32', `step${index}`));
  const step = stepValues(values, most);
  const visit = (): void => {
    pointers.forEach(({ start, valueBytes }, index) => {
      f.set(addresses[index], add(start, multiply(position, valueBytes)));
    });
    body(addresses, step);
  };
  emitSteps(f, position, values, step, visit, isWhole || undefined);
}
