import { type ActivationSpec, type DenseOp, type GemmOp, definitionOf } from '@bnfree/integer-kernels';
import { byteTypes, drawActivation } from './drawActivation.js';
import { drawBias } from './drawBias.js';
import type { Draw } from '../draw.js';
import { drawRequantizedOutput, usualMagnitude } from './drawRequantization.js';
import { type Size, drawBatch, drawChannels } from './drawSize.js';
import { drawWeights } from './drawWeights.js';

const int32Output = { type: 'int32', zeroPoint: 0, quantMin: 0, quantMax: 0 } as const;

/** A fully connected layer; of an input that is given, or of any. */
export function drawDense(draw: Draw, size: Size, given?: ActivationSpec): DenseOp {
  const input = given ?? drawVector(draw, size);
  const [batch, features] = input.shape;
  const units = drawChannels(draw, size);
  const shape = [batch, units];
  const draft: DenseOp = {
    op: 'dense',
    inputs: [input],
    weights: drawWeights(draw, [units, features]),
    output: { ...int32Output, shape },
    requantization: { kind: 'none' },
  };
  const { magnitude } = definitionOf(draft).accumulatorBound(draft);
  return {
    ...draft,
    ...drawBias(draw, shape[1], magnitude),
    ...drawRequantizedOutput(draw, shape, usualMagnitude(draw, draft, magnitude)),
  };
}

function drawVector(draw: Draw, size: Size): ActivationSpec {
  const batch = size === 'small' ? drawBatch(draw) : draw.pick(1, 1, 2, 5, 9);
  const features =
    size === 'small' ? draw.int(1, 40) : draw.pick(draw.int(1, 300), 256, 129, draw.int(300, 1400));
  return drawActivation(draw, [batch, features], byteTypes);
}

/** A matrix product. */
export function drawGemm(draw: Draw, size: Size): GemmOp {
  const rows = size === 'small' ? draw.int(1, 6) : draw.int(1, 35);
  const depth = size === 'small' ? draw.int(1, 30) : draw.pick(draw.int(1, 150), 64, 33);
  const columns = drawChannels(draw, size);
  const transposeB = draw.chance(2);
  const shape = [rows, columns];
  const draft: GemmOp = {
    op: 'gemm',
    inputs: [
      drawActivation(draw, [rows, depth], byteTypes),
      drawActivation(draw, transposeB ? [columns, depth] : [depth, columns], byteTypes),
    ],
    transposeB,
    output: { ...int32Output, shape },
    requantization: { kind: 'none' },
  };
  const { magnitude } = definitionOf(draft).accumulatorBound(draft);
  return {
    ...draft,
    ...drawBias(draw, shape[1], magnitude),
    ...drawRequantizedOutput(draw, shape, magnitude),
  };
}
