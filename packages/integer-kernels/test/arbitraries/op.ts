import type fc from 'fast-check';
import { type ActivationSpec, type Op, type OpName, type Ops, type TensorValues } from '../../src/index.js';
import { drawConv2d, drawDepthwiseConv2d } from './convolution.js';
import { type Draw, drawn } from './draw.js';
import { drawAdd, drawConcat, drawRelayout, drawRequantize, drawReshape } from './elementwise.js';
import { integers } from './integers.js';
import { drawDense, drawGemm } from './matrix.js';
import { drawAveragePool2d, drawGlobalAveragePool2d, drawMaxPool2d } from './pool.js';
import type { Size } from './size.js';

const drawOps = {
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
  reshape: drawReshape,
  relayout: drawRelayout,
} satisfies { readonly [Name in OpName]: (draw: Draw, size: Size) => Ops[Name] };

/** An op with data for its inputs. */
export interface OpCase {
  readonly op: Op;
  readonly inputs: readonly TensorValues[];
}

/** Valid ops of one name, with inputs. */
export function opCase(name: OpName, size: Size): fc.Arbitrary<OpCase> {
  return drawn((draw) => {
    const op = drawOps[name](draw, size);
    return { op, inputs: op.inputs.map((input) => drawValues(draw, input)) };
  });
}

/** Values of an activation, at the ends of its range often. */
function drawValues(draw: Draw, { shape, type, quantMin, quantMax }: ActivationSpec): TensorValues {
  const length = shape.reduce((product, size) => product * size, 1);
  const values = integers(draw, length, quantMin, quantMax);
  const ValueArray = { int8: Int8Array, uint8: Uint8Array, int32: Int32Array }[type];
  return ValueArray.from(values);
}
