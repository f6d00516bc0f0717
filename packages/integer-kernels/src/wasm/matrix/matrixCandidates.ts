import { denseRequest } from '../../memory/tensorLayout.js';
import type { OpName, Ops } from '../../ops/index.js';
import { overreadRequest, type KernelCandidate } from '../wasmKernel.js';
import { dotProduct, planConvolution, type Convolution } from './convolutionPlan.js';

/** The direct kernels of an op that is a convolution, from the most special to the one that always works. */
export function matrixCandidates<Name extends OpName>(
  convolutionOf: (op: Ops[Name]) => Convolution,
): KernelCandidate<Name>[] {
  return [
    {
      name: 'direct',
      request: () => ({ inputs: [overreadRequest], output: denseRequest }),
      plan(op, layouts, target) {
        const convolution = convolutionOf(op);
        return planConvolution(convolution, layouts, dotProduct(convolution, target));
      },
    },
  ];
}
