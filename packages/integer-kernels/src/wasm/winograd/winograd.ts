import { denseRequest } from '../../memory/tensorLayout.js';
import type { Conv2dOp } from '../../ops/conv2d.js';
import { conv2dConvolution } from '../matrix/conv2dConvolution.js';
import { directGain } from '../matrix/matrixCandidates.js';
import type { KernelCandidate } from '../wasmKernel.js';
import { isExact } from './isExact.js';
import { pays } from './pays.js';
import { planWinograd } from './winogradPlan.js';
import { TILE, winogradShape } from './winogradShape.js';

const known = new WeakMap<Conv2dOp, boolean>();

/** Convolution by exact integer Winograd; strided kernels and those of more than 3x3 taps in parts of 3x3. */
export const winograd: KernelCandidate<'conv2d'> = {
  name: 'winograd',
  supports(op) {
    let isSupported = known.get(op);
    if (isSupported === undefined) {
      isSupported = op.dilations[0] === 1 && op.dilations[1] === 1 && isExact(op);
      known.set(op, isSupported);
    }
    return isSupported;
  },
  suits: (op, target) => target.memory === 'fast' && pays(op, directGain(conv2dConvolution(op), target)),
  request(op) {
    const { top, bottom, left, right, value } = op.padding;
    const [, height, width] = op.inputs[0].shape;
    const { tilesDown, tilesAcross, strides, patch } = winogradShape(op);
    const behind = (axis: 0 | 1, tiles: number, before: number, size: number): number =>
      Math.max(0, (tiles - 1) * TILE * strides[axis] + patch[axis] - before - size);
    const halo = {
      top,
      bottom: behind(0, tilesDown, top, height),
      left,
      right: behind(1, tilesAcross, left, width),
    };
    // Without padding the halo makes values that are not stored: anything may stand there.
    const haloValue = top + bottom + left + right > 0 ? value : null;
    return { inputs: [{ ...denseRequest, halo, haloValue }], output: denseRequest };
  },
  plan: planWinograd,
};
