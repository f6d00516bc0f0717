import { i32, i32x4, load, op, type FunctionBuilder, type Local, type Value } from '../emitter/index.js';
import type { Group } from '../elements.js';
import { emitDepth, type DepthLocals, type DepthShape, type Sums } from './emitDepth.js';
import type { Pairing } from './pairing.js';

/** What sums of two channels a lane need beside a tile's values and weights. */
export interface PairedSums {
  readonly pairing: Omit<Pairing, 'foldSteps'>;
  /** `low + high * 2^shift`, where a low sum that was taken out is zero. */
  readonly sums: readonly Sums[];
  /** Address of memory for the sums that were taken out: low ones of all pixels, then high ones. */
  readonly stored: Local<'i32'>;
  /** Start values of four channels: 0 and 1 are of the low group, 2 and 3 of the high one. */
  readonly biasOf: (position: number) => Value<'v128'>;
}

/** Sums a tile whose lanes have two channels each; low sums, and high ones where they need it, are taken out on the way. */
export function emitPairedDepth(
  f: FunctionBuilder,
  shape: DepthShape,
  locals: DepthLocals,
  paired: PairedSums,
): void {
  const { pairing, sums, stored, biasOf } = paired;
  const taken = (isHigh: boolean, index: number): number =>
    16 * (isHigh ? sums.flat().length + index : index);
  const forEachSum = (visit: (sum: Local<'v128'>, index: number) => void): void => {
    sums.flat().forEach(visit);
  };
  forEachSum((sum, index) => {
    f.set(sum, i32x4(0));
    f.store('v128.store', stored, biasOf(index % 2), taken(false, index));
    if (pairing.isHighFolded) f.store('v128.store', stored, biasOf(2 + (index % 2)), taken(true, index));
  });
  const low = f.local('v128', 'lowSum');
  const unused = i32(32 - pairing.shift);
  emitDepth(f, shape, locals, sums, () => {
    forEachSum((sum, index) => {
      const addTo = (offset: number, value: Value<'v128'>): void => {
        f.store('v128.store', stored, op('i32x4.add', load('v128.load', stored, offset), value), offset);
      };
      f.set(low, op('i32x4.shr_s', op('i32x4.shl', sum, unused), unused));
      addTo(taken(false, index), low);
      f.set(sum, op('i32x4.sub', sum, low));
      if (!pairing.isHighFolded) return;
      addTo(taken(true, index), op('i32x4.shr_s', sum, i32(pairing.shift)));
      f.set(sum, i32x4(0));
    });
  });
}

/** The finished sums of a group of eight channels of a pixel, 0 or 1. */
export function pairedGroup(
  f: FunctionBuilder,
  { pairing, sums, stored, biasOf }: PairedSums,
  pixel: number,
  group: number,
): Group {
  const [low, high] = sums[pixel].map((sum, position) => {
    const result = f.local('v128', `finished${position}`);
    const index = 2 * pixel + position;
    if (group === 0) f.set(result, load('v128.load', stored, 16 * index));
    else if (pairing.isHighFolded) {
      f.set(result, load('v128.load', stored, 16 * (2 * sums.length + index)));
    } else {
      const whole = op('i32x4.shr_s', sum, i32(pairing.shift));
      f.set(result, op('i32x4.add', whole, biasOf(2 + position)));
    }
    return result;
  });
  return { low, high };
}
