import {
  type AddOp,
  type ConcatOp,
  type RelayoutOp,
  type RequantizeOp,
  type Rescale,
  type ReshapeOp,
  checkOp,
} from '@bnfree/integer-kernels';
import { drawActivation, mostlyByteTypes } from './drawActivation.js';
import type { Draw } from '../draw.js';
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

/** An addition in the project's form, in TFLite's form, or with any factors that cannot overflow. */
export function drawAdd(draw: Draw, size: Size): AddOp {
  const shape = drawShape(draw, size);
  const [a, b, output] = [0, 1, 2].map(() => drawActivation(draw, shape, mostlyByteTypes));
  const [leftShift, rescales, bound]: [number, [Rescale, Rescale], number] = draw.pick(
    // Exact products, one rounding.
    [0, [0, 1].map(() => ({ multiplier: draw.int(1, 100000), shift: 0 })) as [Rescale, Rescale], 2 ** 25],
    [
      20,
      [0, 1].map(() => ({ multiplier: draw.int(2 ** 30, 2 ** 31 - 1), shift: draw.int(31, 36) })) as [
        Rescale,
        Rescale,
      ],
      2 ** 27,
    ],
    [draw.int(0, 8), [drawRescale(draw, 255), drawRescale(draw, 255)], 500],
  );
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
  const shape = [drawBatch(draw), ...drawShape(draw, size).slice(1)];
  if (shape.length === 1) shape.push(drawChannels(draw, size));
  const axis = draw.pick(shape.length - 1, draw.int(1, shape.length - 1));
  const inputs = Array.from({ length: draw.int(1, 4) }, () => {
    const own = shape.map((extent, i) => (i === axis ? drawChannels(draw, size) : extent));
    return drawActivation(draw, own, mostlyByteTypes);
  });
  const total = inputs.reduce((sum, input) => sum + input.shape[axis], 0);
  const output = drawActivation(
    draw,
    shape.map((extent, i) => (i === axis ? total : extent)),
    mostlyByteTypes,
  );
  const rescales = inputs.map(() => (draw.chance(2) ? { multiplier: 1, shift: 0 } : drawRescale(draw, 255)));
  return { op: 'concat', inputs, output, axis, rescales, rounding: drawRounding(draw) };
}

/** A change of scale, zero point, range or type. */
export function drawRequantize(draw: Draw, size: Size): RequantizeOp {
  const shape = drawShape(draw, size);
  const input = drawActivation(draw, shape, mostlyByteTypes);
  const bound = Math.min(0x7fffffff, Math.max(255, input.quantMax));
  return { op: 'requantize', inputs: [input], ...drawRequantizedOutput(draw, shape, bound) };
}

/** A flatten, or any other shape of the same size. */
export function drawReshape(draw: Draw, size: Size): ReshapeOp {
  const shape = drawShape(draw, size);
  const input = drawActivation(draw, shape, mostlyByteTypes);
  const [batch, ...rest] = shape;
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
