import type fc from 'fast-check';
import { drawWeightFormat } from '../../src/conformance/cases/drawWeights.js';
import type { WeightFormat } from '../../src/index.js';
import { drawn } from './draw.js';

/** A weight format of any width, code and zero point. */
export const weightFormat: fc.Arbitrary<WeightFormat> = drawn(drawWeightFormat);
