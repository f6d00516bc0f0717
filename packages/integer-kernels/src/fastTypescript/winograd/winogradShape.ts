import { divideUnsigned, prepareDivisor } from '../../arithmetic/divide.js';
import { elementCount } from '../../checks/checkShape.js';
import type { Conv2dOp } from '../../ops/conv2d.js';
import { isExact } from '../../wasm/winograd/isExact.js';
import { maxPackedValues } from '../fastKernel.js';
import { FREQUENCIES } from './transforms.js';

/** Sizes of a convolution that is computed tile by tile. */
export interface WinogradShape {
  /** Parts of 3x3 taps that the kernel is cut into. */
  readonly partsDown: number;
  readonly partsAcross: number;
  readonly tilesDown: number;
  readonly tilesAcross: number;
  /** Rows and columns of the inputs of a tile. */
  readonly patchHeight: number;
  readonly patchWidth: number;
  /** Input channels times parts. */
  readonly depth: number;
  /** Panels of four output channels. */
  readonly panels: number;
}

/** Sizes of a convolution. */
export function winogradShape({ weights, output }: Conv2dOp): WinogradShape {
  const [outputChannels, kernelHeight, kernelWidth, channels] = weights.shape;
  const [partsDown, partsAcross] = [kernelHeight, kernelWidth].map(thirds);
  return {
    partsDown,
    partsAcross,
    tilesDown: (output.shape[1] + 3) >> 2,
    tilesAcross: (output.shape[2] + 3) >> 2,
    patchHeight: Math.imul(partsDown, 3) + 3,
    patchWidth: Math.imul(partsAcross, 3) + 3,
    depth: Math.imul(Math.imul(partsDown, partsAcross), channels),
    panels: (outputChannels + 3) >> 2,
  };
}

/** Fewer channels than these do not pay for the transforms. */
const fewChannels = 16;

const known = new WeakMap<Conv2dOp, boolean>();

/**
 * Whether a convolution is computed tile by tile: where that is exact, and at least twice as few products.
 *
 * Two products of values take one multiplication otherwise, products of frequencies one each.
 */
export function suitsWinograd(op: Conv2dOp): boolean {
  let isSuited = known.get(op);
  if (isSuited === undefined) {
    isSuited = hasPlainWindow(op) && savesProducts(op) && isExact(op);
    known.set(op, isSuited);
  }
  return isSuited;
}

function hasPlainWindow({ strides, dilations, groups }: Conv2dOp): boolean {
  return groups === 1 && [...strides, ...dilations].every((step) => step === 1);
}

function savesProducts(op: Conv2dOp): boolean {
  const [outputChannels, kernelHeight, kernelWidth, channels] = op.weights.shape;
  if (Math.min(outputChannels, channels) < fewChannels || Math.min(kernelHeight, kernelWidth) < 3)
    return false;
  const { partsDown, partsAcross, tilesDown, tilesAcross, depth, panels } = winogradShape(op);
  if (elementCount([FREQUENCIES, depth, panels, 4]) > maxPackedValues) return false;
  const direct = elementCount([kernelHeight, kernelWidth, op.output.shape[1], op.output.shape[2]]);
  const frequencies = elementCount([FREQUENCIES, partsDown, partsAcross, tilesDown, tilesAcross]);
  return direct >= frequencies + frequencies;
}

function thirds(size: number): number {
  return divideUnsigned(size + 2, prepareDivisor(3));
}
