import type { TensorLayout } from '../backend.js';
import { denseLayout, requestedLayout, type TensorShape } from '../memory/tensorLayout.js';
import type { Op } from '../ops/index.js';
import { OVERREAD_BYTES, type KernelCandidate, type OperandTensorLayouts } from './wasmKernel.js';

/** Every operand dense. */
export function denseLayouts(op: Op): OperandTensorLayouts {
  return { inputs: op.inputs.map(denseLayout), output: denseLayout(op.output) };
}

/**
 * Layouts that together make a kernel emit every kind of code.
 *
 * What it asks for; dense or with gaps and a halo, for inputs and output apart; with or without readable bytes behind the inputs.
 */
export function layoutVariants(
  op: Op,
  { inputs, output }: ReturnType<KernelCandidate['request']>,
): OperandTensorLayouts[] {
  const requested = {
    inputs: op.inputs.map((input, index) => requestedLayout(input, inputs[index])),
    output: requestedLayout(op.output, output),
  };
  const ofInputs = [denseLayout, overreadable(denseLayout), withGaps, overreadable(withGaps)];
  const others = ofInputs.flatMap((ofInput) =>
    [denseLayout, withGaps].map((ofOutput) => ({
      inputs: op.inputs.map(ofInput),
      output: ofOutput(op.output),
    })),
  );
  return [requested, ...others];
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
