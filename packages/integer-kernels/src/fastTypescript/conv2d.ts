import type { FastKernel } from './fastKernel.js';
import { pairConvolution } from './pairs/pairConvolution.js';
import { winogradConvolution } from './winograd/winogradConvolution.js';
import { suitsWinograd } from './winograd/winogradShape.js';

/** 2-D convolution: by Winograd's algorithm where that saves enough products and is exact, else by pairs of values. */
export const conv2d: FastKernel<'conv2d'> = {
  planOf: (op) => (suitsWinograd(op) ? winogradConvolution : pairConvolution).planOf(op),
  prepare: (op, operands) =>
    (suitsWinograd(op) ? winogradConvolution : pairConvolution).prepare(op, operands),
};
