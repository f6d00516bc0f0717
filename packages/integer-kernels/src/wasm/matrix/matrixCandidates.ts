import type { LayoutRequest } from '../../backend.js';
import { denseLayout, denseRequest } from '../../memory/tensorLayout.js';
import type { OpName, Ops } from '../../ops/index.js';
import { weightRange } from '../../packing/decodeWeight.js';
import { geometryOf } from '../geometry.js';
import { overreadRequest, type KernelCandidate, type KernelTarget } from '../wasmKernel.js';
import { planConvolution, type Convolution } from './convolutionPlan.js';
import type { ValueRange } from './narrowSteps.js';
import { knownNarrowSteps, knownPairing } from './knownSums.js';
import { fastestProduct, productFor, type MatrixOperands } from './matrixKernels.js';
import { productKinds, productOf, type ProductCode } from './product.js';
import { haloReach, type Sliding } from './windows.js';

/** The direct kernels of an op that is a convolution, from the most special to the one that always works. */
export function matrixCandidates<Name extends OpName>(
  convolutionOf: (op: Ops[Name]) => Convolution,
): KernelCandidate<Name>[] {
  // The one that takes any operands comes last.
  return [...productKinds].reverse().map((kind): KernelCandidate<Name> => ({
    name: kind,
    supports: (op, target) => productFor(kind, operandsOf(convolutionOf(op)), target) !== undefined,
    suits: (op, target) => fastestProduct(operandsOf(convolutionOf(op)), target).kind === kind,
    request: (op) => ({ inputs: [inputRequest(convolutionOf(op), kind)], output: denseRequest }),
    plan(op, layouts, target) {
      const convolution = convolutionOf(op);
      const product = productFor(kind, operandsOf(convolution), target) as ProductCode;
      return planConvolution(convolution, layouts, product);
    },
  }));
}

/** How much faster the direct kernels should be than the one that takes any operands. */
export function directGain(convolution: Convolution, target: KernelTarget): number {
  return fastestProduct(operandsOf(convolution), target).speed / target.speeds.dot;
}

/** Halos of padding where windows read the input, else what helps to widen it. */
function inputRequest(convolution: Convolution, kind: ProductCode['kind']): LayoutRequest {
  if (productOf({ kind }).valueBytes !== 1) return overreadRequest;
  const halo = reachOf(convolution);
  return { ...overreadRequest, halo, haloValue: isReached(halo) ? convolution.padding.value : null };
}

function operandsOf(convolution: Convolution): MatrixOperands {
  const { input, weights, padding } = convolution;
  const { min, max } = weightRange(weights);
  const outside = isReached(reachOf(convolution)) ? [padding.value] : [];
  const values = {
    min: Math.min(input.quantMin, ...outside),
    max: Math.max(input.quantMax, ...outside),
  };
  // Sums of values around zero are half as large.
  const center = (values.min + values.max + 1) >> 1;
  return {
    values,
    weights: { min: min - weights.zeroPoint, max: max - weights.zeroPoint },
    hasZeroPoint: false,
    channels: weights.shape[0] / convolution.groups,
    runLength: nominalRun(convolution),
    tapLength: input.shape[input.shape.length - 1] / convolution.groups,
    narrowSteps: () => knownNarrowSteps(convolution, values),
    pairing: () => knownPairing(convolution, { min: values.min - center, max: values.max - center }),
    center,
    zeroBit: zeroBitOf(convolution, values),
  };
}

/** The smaller of two activations that meet weights of -1 and 1. */
function zeroBitOf({ weights, groups }: Convolution, { min, max }: ValueRange): number | undefined {
  const { bits, code, zeroPoint } = weights;
  const isSign = bits === 1 && (code === 'sign' || code === 'odd') && zeroPoint === 0;
  return isSign && groups === 1 && max - min <= 1 ? min : undefined;
}

/** Values of a window that lie together in a layout without gaps. */
function nominalRun({ kernel, dilations, groups, input: { shape } }: Convolution): number {
  const channels = shape[shape.length - 1] / groups;
  return groups === 1 && dilations[1] === 1 ? kernel[1] * channels : channels;
}

function reachOf(sliding: Sliding): LayoutRequest['halo'] {
  const [input, output] = [sliding.input, sliding.output].map((tensor) =>
    geometryOf(tensor, denseLayout(tensor)),
  );
  return haloReach(sliding, input, output);
}

function isReached({ top, bottom, left, right }: LayoutRequest['halo']): boolean {
  return top + bottom + left + right > 0;
}
