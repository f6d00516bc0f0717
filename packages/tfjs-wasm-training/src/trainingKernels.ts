import { batchMatMul } from './kernels/batchMatMul.js';
import { conv2dBackpropFilter } from './kernels/conv2dBackpropFilter.js';
import { conv2dBackpropInput } from './kernels/conv2dBackpropInput.js';
import { depthwiseConv2dNativeBackpropFilter } from './kernels/depthwiseConv2dNativeBackpropFilter.js';
import { depthwiseConv2dNativeBackpropInput } from './kernels/depthwiseConv2dNativeBackpropInput.js';
import { maxPoolGrad } from './kernels/maxPoolGrad.js';
import { paddedConvolutions } from './kernels/paddedConvolutions.js';
import { tile } from './kernels/tile.js';
import { unsortedSegmentSum } from './kernels/unsortedSegmentSum.js';
import type { TrainingKernel } from './trainingKernel.js';

/** Every kernel that {@link installTrainingKernels} puts in place. */
export const trainingKernels: readonly TrainingKernel[] = [
  conv2dBackpropFilter,
  conv2dBackpropInput,
  depthwiseConv2dNativeBackpropFilter,
  depthwiseConv2dNativeBackpropInput,
  batchMatMul,
  maxPoolGrad,
  tile,
  unsortedSegmentSum,
  ...paddedConvolutions,
];
