import {
  type ActivationSpec,
  type Requantization,
  type Rescale,
  type Rounding,
  type Weights,
  elementRange,
} from '@bnfree/integer-kernels';
import { anyTypes, byteTypes, drawActivation } from './drawActivation.js';
import { type Draw, isWild } from '../draw.js';
import { drawIntegers } from './drawIntegers.js';

const roundings: readonly Rounding[] = ['halfUp', 'gemmlowp', 'halfToEven'];

/** Any rounding. */
export function drawRounding(draw: Draw): Rounding {
  return draw.pick(...roundings);
}

/** A factor that brings accumulators of `bound` near the range of the output, or any factor at all. */
export function drawRescale(draw: Draw, bound: number): Rescale {
  if (isWild(draw, 5))
    return { multiplier: draw.pick(0, 1, 0x7fffffff, draw.int(0, 0x7fffffff)), shift: draw.int(0, 62) };
  if (isWild(draw, 4)) return { multiplier: 1, shift: draw.int(0, 31) };
  const shift = 31 + Math.max(0, Math.ceil(Math.log2(bound / draw.int(20, 400))));
  return { multiplier: draw.int(0x40000000, 0x7fffffff), shift: Math.min(shift, 62) };
}

/** What outputs are scaled by: the worst accumulator, or where draws are lively the usual size, which is far below. */
export function usualMagnitude(
  draw: Draw,
  { weights }: { readonly weights: Weights },
  worst: number,
): number {
  if (draw.taste === 'any') return worst;
  const products = weights.shape.slice(1).reduce((product, size) => product * size, 1);
  return Math.max(1, Math.round(worst / Math.sqrt(products)));
}

/** An output of a shape and a requantization that suit each other; `bound` is the largest accumulator. */
export function drawRequantizedOutput(
  draw: Draw,
  shape: readonly number[],
  bound: number,
): { readonly output: ActivationSpec; readonly requantization: Requantization } {
  const channels = shape[shape.length - 1];
  const kind = draw.pick('none', 'multiplier', 'multiplier', 'multiplier', 'shift', 'divide', 'threshold');
  if (kind === 'none') return { output: drawActivation(draw, shape, ['int32']), requantization: { kind } };
  if (kind === 'threshold') {
    const output = drawActivation(draw, shape, byteTypes);
    if (output.quantMin < output.quantMax)
      return { output, requantization: drawThresholds(draw, output, channels, bound) };
  }
  const output = drawActivation(draw, shape, draw.chance(4) ? anyTypes : byteTypes);
  return { output, requantization: drawScaling(draw, kind, channels, bound) };
}

function drawScaling(
  draw: Draw,
  kind: Requantization['kind'],
  channels: number,
  bound: number,
): Requantization {
  const entries = draw.pick(1, channels);
  const rounding = drawRounding(draw);
  if (kind === 'shift') {
    const largest = Math.ceil(Math.log2(bound + 1));
    const shifts = Int32Array.from(
      drawIntegers(draw, entries, Math.max(0, largest - 9), Math.min(31, largest + 1)),
    );
    return { kind, rounding, shifts: isWild(draw, 5) ? Int32Array.of(draw.pick(0, 31)) : shifts };
  }
  if (kind === 'divide') {
    const suitable = Math.max(2, Math.floor(bound / 20));
    const largest = isWild(draw, 2) ? draw.pick(0x7fffffff, 300) : suitable;
    const divisors = Int32Array.from(drawIntegers(draw, entries, 1, largest));
    return { kind, rounding: rounding === 'gemmlowp' ? 'halfUp' : rounding, divisors };
  }
  const factors = Array.from({ length: entries }, () => drawRescale(draw, bound));
  const multipliers = Int32Array.from(factors, ({ multiplier }) => multiplier);
  const shifts = Int32Array.from(factors, ({ shift }) => shift);
  // The one may be common to all channels while the other is not.
  const isShiftShared = draw.chance(6);
  return { kind: 'multiplier', rounding, multipliers, shifts: isShiftShared ? shifts.slice(0, 1) : shifts };
}

function drawThresholds(draw: Draw, output: ActivationSpec, channels: number, bound: number): Requantization {
  const count = draw.int(1, Math.min(15, output.quantMax - output.quantMin));
  const { min, max } = elementRange.int32;
  const limit = draw.chance(6) ? -min : Math.min(bound, max) + 1;
  const rows = Array.from({ length: draw.pick(1, channels) }, () =>
    drawIntegers(draw, count, Math.max(-limit, min), Math.min(limit, max)).sort((a, b) => a - b),
  );
  return { kind: 'threshold', count, thresholds: Int32Array.from(rows.flat()) };
}
