import type { ActivationSpec } from '@bnfree/integer-kernels';
import { seededDraw } from '../../integer-kernels/src/conformance/seededDraw.js';
import { drawIntegers } from '../../integer-kernels/src/conformance/cases/drawIntegers.js';
import type { ModelArray } from '../src/index.js';

/** Dense values for each tensor, within its range: uniform, at random ends, or all at one end. */
export function randomInputs(tensors: readonly ActivationSpec[], seed: number, images = 1): ModelArray[] {
  const draw = seededDraw(seed, 'any');
  return tensors.map(({ shape, type, quantMin, quantMax }) => {
    const length = shape.reduce((product, size) => product * size, images);
    const values = drawIntegers(draw, length, quantMin, quantMax);
    return { int8: Int8Array, uint8: Uint8Array, int32: Int32Array }[type].from(values);
  });
}
