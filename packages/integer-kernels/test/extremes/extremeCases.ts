import type { Op } from '../../src/index.js';
import type { OpCase } from '../arbitraries/op.js';
import * as build from './buildExtremeOp.js';
import { type OperandKind, type Pattern, extremeValues, operandKinds, patterns } from './operands.js';
import {
  convolutionShapes,
  denseShapes,
  depthwiseShapes,
  gemmShapes,
  oneToSeventeen,
  poolShapes,
} from './shapes.js';

type BuildOp<Shape> = (shape: Shape, kind: OperandKind, weights: Pattern, turn: number) => Op;

/** Makes the op at a position of the shapes; the position takes turns with other properties. */
interface Family {
  readonly count: number;
  readonly build: (index: number, kind: OperandKind, weights: Pattern) => Op;
}

function family<Shape>(shapes: readonly Shape[], buildOp: BuildOp<Shape>): Family {
  return {
    count: shapes.length,
    build: (index, kind, weights) =>
      buildOp(shapes[index], kind, weights, index + operandKinds.indexOf(kind)),
  };
}

const families = {
  conv2d: family(convolutionShapes, build.extremeConv2d),
  depthwiseConv2d: family(depthwiseShapes, build.extremeDepthwiseConv2d),
  dense: family(denseShapes, build.extremeDense),
  gemm: family(gemmShapes, build.extremeGemm),
  maxPool2d: family(poolShapes, build.extremeMaxPool2d),
  averagePool2d: family(poolShapes, build.extremeAveragePool2d),
  globalAveragePool2d: family(oneToSeventeen, build.extremeGlobalAveragePool2d),
};

/** Ops whose edges are tried one by one. */
export type ExtremeOp = keyof typeof families;

export const extremeOps = Object.keys(families) as ExtremeOp[];

/** Patterns of weights (or of the second operand) and of values. */
const pairs = patterns.flatMap((weights) => patterns.map((values) => ({ weights, values })));

/**
 * Edge shapes with operands at the ends of their ranges: all smallest, all largest, alternating.
 *
 * `some`: every shape with every kind of operands, patterns by turns. `all`: every pattern too.
 */
export function* extremeCases(name: ExtremeOp, extent: 'some' | 'all'): Generator<OpCase> {
  const { count, build: buildOp } = families[name];
  for (const [row, kind] of operandKinds.entries()) {
    for (let index = 0; index < count; index += 1) {
      const chosen = extent === 'all' ? pairs : [pairs[(index + row * 5) % pairs.length]];
      for (const { weights, values } of chosen) {
        const op = buildOp(index, kind, weights);
        const inputs = op.inputs.map((input, i) => extremeValues(i === 0 ? values : weights, input));
        yield { op, inputs };
      }
    }
  }
}
