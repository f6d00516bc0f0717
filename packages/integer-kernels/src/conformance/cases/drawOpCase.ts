import type { ActivationSpec, Op, OpName, Ops, TensorValues } from '@bnfree/integer-kernels';
import type { Draw } from '../draw.js';
import { drawConv2d, drawDepthwiseConv2d } from './drawConvolution.js';
import {
  drawAdd,
  drawConcat,
  drawLookup,
  drawRelayout,
  drawRequantize,
  drawReshape,
} from './drawElementwise.js';
import { drawIntegers } from './drawIntegers.js';
import { drawDense, drawGemm } from './drawMatrix.js';
import { drawAveragePool2d, drawGlobalAveragePool2d, drawMaxPool2d } from './drawPool.js';
import type { Size } from './drawSize.js';

/** How to draw each op. */
export const drawOps = {
  gemm: drawGemm,
  conv2d: drawConv2d,
  depthwiseConv2d: drawDepthwiseConv2d,
  dense: drawDense,
  maxPool2d: drawMaxPool2d,
  averagePool2d: drawAveragePool2d,
  globalAveragePool2d: drawGlobalAveragePool2d,
  add: drawAdd,
  concat: drawConcat,
  requantize: drawRequantize,
  lookup: drawLookup,
  reshape: drawReshape,
  relayout: drawRelayout,
} satisfies { readonly [Name in OpName]: (draw: Draw, size: Size) => Ops[Name] };

/** An op with data for its inputs. */
export interface OpCase {
  readonly op: Op;
  readonly inputs: readonly TensorValues[];
}

/** A valid op of one name, with inputs. */
export function drawOpCase(draw: Draw, name: OpName, size: Size): OpCase {
  const op = drawOps[name](draw, size);
  return { op, inputs: op.inputs.map((input) => drawValues(draw, input)) };
}

/** Values of an activation, at the ends of its range often. */
function drawValues(draw: Draw, { shape, type, quantMin, quantMax }: ActivationSpec): TensorValues {
  const length = shape.reduce((product, size) => product * size, 1);
  const values = drawIntegers(draw, length, quantMin, quantMax);
  const ValueArray = { int8: Int8Array, uint8: Uint8Array, int32: Int32Array }[type];
  return ValueArray.from(values);
}
