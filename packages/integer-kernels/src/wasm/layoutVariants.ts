import type { TensorLayout } from '../backend.js';
import { denseLayout, type TensorShape } from '../memory/tensorLayout.js';
import type { Op } from '../ops/index.js';
import { OVERREAD_BYTES, type OperandTensorLayouts } from './wasmKernel.js';

/** Every operand dense. */
export function denseLayouts(op: Op): OperandTensorLayouts {
  return { inputs: op.inputs.map(denseLayout), output: denseLayout(op.output) };
}

/**
 * Layouts that together make the kernels emit every kind of code.
 *
 * Dense or with gaps and a halo, for inputs and output apart; with or without readable bytes behind the inputs.
 */
export function layoutVariants(op: Op): OperandTensorLayouts[] {
  const ofInputs = [denseLayout, overreadable(denseLayout), withGaps, overreadable(withGaps)];
  return ofInputs.flatMap((ofInput) =>
    [denseLayout, withGaps].map((ofOutput) => ({
      inputs: op.inputs.map(ofInput),
      output: ofOutput(op.output),
    })),
  );
}

/** Three channels more than the tensor has, and a halo of one pixel where there can be one. */
function withGaps(tensor: TensorShape): TensorLayout {
  const dense = denseLayout(tensor);
  const side = tensor.shape.length === 4 ? 1 : 0;
  return {
    channelStride: dense.channelStride + 3,
    halo: { top: side, bottom: side, left: side, right: side },
    tailBytes: 0,
  };
}

function overreadable(
  layoutOf: (tensor: TensorShape) => TensorLayout,
): (tensor: TensorShape) => TensorLayout {
  return (tensor) => ({ ...layoutOf(tensor), tailBytes: OVERREAD_BYTES });
}
