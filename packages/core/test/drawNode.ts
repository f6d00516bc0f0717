import type { ActivationSpec, Op } from '@bnfree/integer-kernels';
import {
  drawConv2d,
  drawDepthwiseConv2d,
} from '../../integer-kernels/src/conformance/cases/drawConvolution.js';
import type { Draw } from '../../integer-kernels/src/conformance/draw.js';
import {
  drawAdd,
  drawConcatOf,
  drawLookup,
  drawRequantize,
  drawReshape,
} from '../../integer-kernels/src/conformance/cases/drawElementwise.js';
import { drawDense } from '../../integer-kernels/src/conformance/cases/drawMatrix.js';
import {
  drawAveragePool2d,
  drawGlobalAveragePool2d,
  drawMaxPool2d,
} from '../../integer-kernels/src/conformance/cases/drawPool.js';
import type { Size } from '../../integer-kernels/src/conformance/cases/drawSize.js';
import { drawResidualConv2d } from './drawResidualConv2d.js';

/** A value of a graph under construction. */
export interface Value {
  readonly name: string;
  readonly tensor: ActivationSpec;
}

interface DrawnNode {
  readonly op: Op;
  readonly inputs: readonly Value[];
}

/** Draws an op on some of the values, or nothing where none fits. */
type Maker = (draw: Draw, size: Size, values: readonly Value[]) => DrawnNode | undefined;

const isStored = ({ tensor }: Value) => tensor.type !== 'int32';
const isImage = (value: Value) => value.tensor.shape.length === 4;
const isStoredImage = (value: Value) => isImage(value) && isStored(value);
const isStoredVector = (value: Value) => value.tensor.shape.length === 2 && isStored(value);

/** A maker of ops with one operand. */
function unary(
  fits: (value: Value) => boolean,
  drawOp: (draw: Draw, size: Size, given: ActivationSpec) => Op,
): Maker {
  return (draw, size, values) => {
    const input = pick(draw, values.filter(fits));
    if (input === undefined) return undefined;
    return { op: drawOp(draw, size, input.tensor), inputs: [input] };
  };
}

const makeAdd: Maker = (draw, size, values) => {
  const a = pick(draw, values);
  if (a === undefined) return undefined;
  const others = values.filter(({ tensor }) => tensor.shape.join() === a.tensor.shape.join());
  // Itself only where there is nothing else.
  const b =
    pick(
      draw,
      others.filter((value) => value !== a),
    ) ?? a;
  return { op: drawAdd(draw, size, [a.tensor, b.tensor]), inputs: [a, b] };
};

const makeConcat: Maker = (draw, _size, values) => {
  const a = pick(
    draw,
    values.filter(({ tensor }) => tensor.shape.length > 1),
  );
  if (a === undefined) return undefined;
  const { shape } = a.tensor;
  const axis = draw.pick(shape.length - 1, draw.int(1, shape.length - 1));
  const shapeBeside = ({ tensor }: Value) =>
    tensor.shape.map((length, i) => (i === axis ? 0 : length)).join();
  const others = values.filter((value) => shapeBeside(value) === shapeBeside(a));
  const inputs = [a, ...Array.from({ length: draw.int(0, 2) }, () => draw.pick(...others))];
  const op = drawConcatOf(
    draw,
    inputs.map(({ tensor }) => tensor),
    axis,
  );
  return { op, inputs };
};

const makers: readonly Maker[] = [
  unary(isStoredImage, drawConv2d),
  unary(isStoredImage, drawResidualConv2d),
  unary(isStoredImage, drawDepthwiseConv2d),
  unary(isImage, drawMaxPool2d),
  unary(isStoredImage, drawAveragePool2d),
  unary(isStoredImage, drawGlobalAveragePool2d),
  unary(isStoredVector, drawDense),
  unary(() => true, drawRequantize),
  unary(isStored, drawLookup),
  unary(() => true, drawReshape),
  makeAdd,
  makeAdd,
  makeConcat,
];

/** An op on values that exist, or nothing where the op that was drawn takes none of them. */
export const drawNode: Maker = (draw, size, values) => draw.pick(...makers)(draw, size, values);

function pick<Item>(draw: Draw, items: readonly Item[]): Item | undefined {
  return items.length === 0 ? undefined : draw.pick(...items);
}
