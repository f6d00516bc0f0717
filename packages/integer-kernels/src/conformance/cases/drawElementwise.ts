import {
  type ActivationSpec,
  type AddOp,
  type ConcatOp,
  type LookupOp,
  type RelayoutOp,
  type RequantizeOp,
  type Rescale,
  type ReshapeOp,
  checkOp,
} from '@bnfree/integer-kernels';
import { byteTypes, drawActivation, mostlyByteTypes } from './drawActivation.js';
import { type Draw, isWild } from '../draw.js';
import { drawIntegers } from './drawIntegers.js';
import { drawRequantizedOutput, drawRescale, drawRounding } from './drawRequantization.js';
import { type Size, drawBatch, drawChannels, drawExtent } from './drawSize.js';

/** A shape of 1 .. 5 axes, mostly that of images. */
export function drawShape(draw: Draw, size: Size): number[] {
  const channels = drawChannels(draw, size);
  const rank = draw.pick(4, 4, 4, 2, 1, 3, 5);
  if (rank === 1) return [channels];
  const between = Array.from({ length: rank - 2 }, () =>
    draw.int(1, rank === 4 ? drawExtent(draw, size) : 3),
  );
  return [drawBatch(draw), ...between, channels];
}

/**
 * An addition in the project's form, in TFLite's form, or with any factors that cannot overflow; of two operands that are
 * given, or of any.
 */
export function drawAdd(draw: Draw, size: Size, given?: readonly [ActivationSpec, ActivationSpec]): AddOp {
  const shape = given?.[0].shape ?? drawShape(draw, size);
  const [a, b] = given ?? [0, 1].map(() => drawActivation(draw, shape, mostlyByteTypes));
  const output = drawActivation(draw, shape, mostlyByteTypes);
  const { leftShift, rescales, bound } = drawOperandRescales(draw);
  const outputRescale = drawRescale(draw, bound);
  const rounding = drawRounding(draw);
  const op: AddOp = { op: 'add', inputs: [a, b], output, leftShift, rescales, outputRescale, rounding };
  if (checkOp(op).length === 0) return op;
  // What overflows becomes an addition of halves, which no operand can overflow.
  const half = { multiplier: 1, shift: 2 };
  return {
    ...op,
    leftShift: 0,
    rescales: [half, half],
    rounding: rounding === 'gemmlowp' ? 'halfUp' : rounding,
  };
}

/** A concatenation of 1 .. 4 tensors along any axis but the batch. */
export function drawConcat(draw: Draw, size: Size): ConcatOp {
  const { inputs, axis } = drawConcatInputs(draw, size);
  return drawConcatOf(draw, inputs, axis);
}

interface OperandRescales {
  readonly leftShift: number;
  readonly rescales: readonly [Rescale, Rescale];
  /** About the largest sum. */
  readonly bound: number;
}

function drawOperandRescales(draw: Draw): OperandRescales {
  const pair = (drawOne: () => Rescale): [Rescale, Rescale] => [drawOne(), drawOne()];
  const form = draw.int(1, isWild(draw, 1) ? 3 : 2);
  if (form === 1) {
    // Exact products, one rounding.
    const largest = draw.pick(100, 100000);
    const rescales = pair(() => ({ multiplier: draw.int(1, largest), shift: 0 }));
    return { leftShift: 0, rescales, bound: largest * 255 };
  }
  if (form === 2) {
    const shift = draw.int(31, 34);
    const rescales = pair(() => ({
      multiplier: draw.int(2 ** 30, 2 ** 31 - 1),
      shift: shift + draw.int(0, 2),
    }));
    return { leftShift: 20, rescales, bound: 2 ** (59 - shift) };
  }
  return { leftShift: draw.int(0, 8), rescales: pair(() => drawRescale(draw, 255)), bound: 500 };
}

function drawConcatInputs(draw: Draw, size: Size): { inputs: ActivationSpec[]; axis: number } {
  const shape = [drawBatch(draw), ...drawShape(draw, size).slice(1)];
  if (shape.length === 1) shape.push(drawChannels(draw, size));
  const axis = draw.pick(shape.length - 1, draw.int(1, shape.length - 1));
  const inputs = Array.from({ length: draw.int(1, 4) }, () => {
    const own = shape.map((extent, i) => (i === axis ? drawChannels(draw, size) : extent));
    return drawActivation(draw, own, mostlyByteTypes);
  });
  return { inputs, axis };
}

/** A concatenation of tensors that are given. */
export function drawConcatOf(draw: Draw, inputs: readonly ActivationSpec[], axis: number): ConcatOp {
  const total = inputs.reduce((sum, input) => sum + input.shape[axis], 0);
  const output = drawActivation(
    draw,
    inputs[0].shape.map((extent, i) => (i === axis ? total : extent)),
    mostlyByteTypes,
  );
  const rescales = inputs.map(() => (draw.chance(2) ? { multiplier: 1, shift: 0 } : drawRescale(draw, 255)));
  return { op: 'concat', inputs, output, axis, rescales, rounding: drawRounding(draw) };
}

/** A change of scale, zero point, range or type; of an input that is given, or of any. */
export function drawRequantize(draw: Draw, size: Size, given?: ActivationSpec): RequantizeOp {
  const input = given ?? drawActivation(draw, drawShape(draw, size), mostlyByteTypes);
  const bound = Math.min(0x7fffffff, Math.max(255, input.quantMax));
  return { op: 'requantize', inputs: [input], ...drawRequantizedOutput(draw, input.shape, bound) };
}

/** Any table; of an input that is given, or of any. Lively: a table whose entries differ. */
export function drawLookup(draw: Draw, size: Size, given?: ActivationSpec): LookupOp {
  const input = given ?? drawActivation(draw, drawShape(draw, size), byteTypes);
  const output = drawActivation(draw, input.shape, byteTypes);
  const { quantMin, quantMax } = output;
  const table = Uint8Array.from(
    isWild(draw, 1)
      ? drawIntegers(draw, 256, quantMin, quantMax)
      : Array.from({ length: 256 }, (_, pattern) => quantMin + (pattern % (quantMax - quantMin + 1))),
  );
  return { op: 'lookup', inputs: [input], output, table };
}

/** A flatten, or any other shape of the same size; of an input that is given, or of any. */
export function drawReshape(draw: Draw, size: Size, given?: ActivationSpec): ReshapeOp {
  const input = given ?? drawActivation(draw, drawShape(draw, size), mostlyByteTypes);
  const [batch, ...rest] = input.shape;
  const shapes = [
    [batch, rest.reduce((product, extent) => product * extent, 1)],
    [batch, ...rest.slice().reverse()],
    [batch, 1, ...rest],
    [batch, ...rest, 1],
  ];
  return { op: 'reshape', inputs: [input], output: { ...input, shape: draw.pick(...shapes) } };
}

/** A change of memory layout. */
export function drawRelayout(draw: Draw, size: Size): RelayoutOp {
  const input = drawActivation(draw, drawShape(draw, size), mostlyByteTypes);
  return { op: 'relayout', inputs: [input], output: input };
}
