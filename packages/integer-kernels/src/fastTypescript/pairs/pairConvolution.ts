import { divideUnsigned, prepareDivisor } from '../../arithmetic/divide.js';
import { prepareRequantization } from '../../arithmetic/prepareRequantization.js';
import { elementCount } from '../../checks/checkShape.js';
import type { Conv2dOp } from '../../ops/conv2d.js';
import { prepareGather } from '../../typescript/gatherPatch.js';
import { type FastKernel, maxPackedValues } from '../fastKernel.js';
import { type Span, centerOfRows } from './centerValues.js';
import { packWeights } from './packWeights.js';
import { type PairShape, pairShape, panelWords, preparePairProduct, productWords } from './pairProduct.js';

/** 2-D convolution: gathers what the kernel sees at some pixels, and multiplies it by all weights of a group. */
export const pairConvolution: FastKernel<'conv2d'> = {
  planOf(op) {
    if (elementCount(op.weights.shape) > maxPackedValues) return undefined;
    const shape = shapeOf(op);
    return {
      kernel: 'pairs',
      constants: Math.imul(op.groups, panelWords(shape)) + op.output.shape[3],
      scratch: productWords(shape),
    };
  },
  prepare(op, { inputs: [input], output, words, constants, scratch }) {
    const { groups } = op;
    const [batch, height, width] = op.output.shape;
    const shape = shapeOf(op);
    const stored = storedSpan(op);
    const columns = packWeights(op, words, constants, shape, groups, stored);
    const finish = prepareRequantization(op.requantization, op.output);
    const isSingleRow = batch === 1 && height === 1 && width === 1;
    const product = preparePairProduct(words, shape, columns, scratch, isSingleRow, output, finish);
    const centered = { ...op, inputs: [{ ...op.inputs[0], zeroPoint: centerOfRows(stored) }] } as const;
    const { patch, gather } = prepareGather(centered, input);
    const [imageStep, rowStep, pixelStep] = output.strides;

    const runGroup = (group: number): void => {
      const origin = output.origin + Math.imul(group, shape.columns);
      for (let n = 0; n < batch; n += 1) {
        for (let y = 0; y < height; y += 1) {
          const row = origin + Math.imul(n, imageStep) + Math.imul(y, rowStep);
          for (let x = 0; x < width; x += 1) {
            gather(n, y, x, group);
            product.add(patch, row + Math.imul(x, pixelStep), group);
          }
        }
      }
      product.flush(group);
    };
    return () => {
      for (let group = 0; group < groups; group += 1) runGroup(group);
    };
  },
};

function shapeOf({ groups, weights: { shape } }: Conv2dOp): PairShape {
  const [channels, kernelHeight, kernelWidth, depth] = shape;
  const columns = divideUnsigned(channels, prepareDivisor(groups));
  return pairShape(Math.imul(Math.imul(kernelHeight, kernelWidth), depth), columns);
}

/** What a patch may hold: values of the input and of the padding. */
function storedSpan({ inputs: [{ quantMin, quantMax }], padding: { value } }: Conv2dOp): Span {
  return { min: Math.min(quantMin, value), max: Math.max(quantMax, value) };
}
