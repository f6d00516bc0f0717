import { prepareClamp } from '../arithmetic/prepareRequantization.js';
import { requantize } from '../arithmetic/requantize.js';
import { mapPixels } from './mapPixels.js';
import type { ReferenceKernel } from './referenceKernel.js';

/** Concatenation: each input is rescaled into its part of the output. */
export const concat: ReferenceKernel<'concat'> = (op, { inputs, output }) => {
  const { axis, rounding } = op;
  const clamp = prepareClamp(op.output);
  let position = 0;
  const copies = op.inputs.map(({ shape, zeroPoint }, i) => {
    const rescale = { ...op.rescales[i], rounding };
    const origin = output.origin + Math.imul(position, output.strides[axis]);
    position += shape[axis];
    return mapPixels(shape, inputs[i], { ...output, origin }, (value) =>
      clamp(requantize(value - zeroPoint, rescale)),
    );
  });
  return () => {
    for (const copy of copies) copy();
  };
};
