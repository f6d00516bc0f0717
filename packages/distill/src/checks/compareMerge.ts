import { requantize, type AddOp, type ConcatOp } from '@bnfree/integer-kernels';
import type { FrozenMerge } from '../layers/stages.js';

type Codes = Uint8Array | Int8Array | Int32Array;

/**
 * How many integers of a merge are not what the specification makes of its inputs.
 *
 * Sums and concatenations have no float part: their exact products and one rounding are all that there is to simulate.
 */
export function compareMerge({ nodes }: FrozenMerge, values: Record<string, Codes>): number {
  return nodes.reduce((sum, { name, op, inputs }) => {
    const operands = inputs.map((input) => values[input]);
    const expected = op.op === 'add' ? addExactly(op, operands) : concatExactly(op as ConcatOp, operands);
    return sum + expected.filter((value, i) => value !== values[name][i]).length;
  }, 0);
}

function addExactly({ inputs, rescales, outputRescale, rounding, output }: AddOp, [a, b]: Codes[]): number[] {
  return Array.from(a, (left: number, i) => {
    const sum =
      (left - inputs[0].zeroPoint) * rescales[0].multiplier +
      (b[i] - inputs[1].zeroPoint) * rescales[1].multiplier;
    return clampTo(output, requantize(sum, { ...outputRescale, rounding }));
  });
}

function concatExactly({ inputs, rescales, rounding, output }: ConcatOp, operands: Codes[]): number[] {
  const widths = inputs.map(({ shape }) => shape.at(-1) ?? 1);
  const pixels = operands[0].length / widths[0];
  return Array.from({ length: pixels }, (_, pixel) =>
    operands.flatMap((codes, operand) =>
      Array.from({ length: widths[operand] }, (__, channel) => {
        const code = codes[pixel * widths[operand] + channel] - inputs[operand].zeroPoint;
        return clampTo(output, requantize(code, { ...rescales[operand], rounding }));
      }),
    ),
  ).flat();
}

function clampTo({ zeroPoint, quantMin, quantMax }: AddOp['output'], value: number): number {
  return Math.min(quantMax, Math.max(quantMin, value + zeroPoint));
}
