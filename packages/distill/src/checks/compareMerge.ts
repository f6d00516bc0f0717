import { requantize, type AddOp, type ConcatOp } from '@bnfree/integer-kernels';
import { storedFunctionValue } from '../functions/functionTable.js';
import { fromDyadic } from '../layers/dyadic.js';
import type { FrozenMerge, ValueGrid } from '../layers/stages.js';

type Codes = Uint8Array | Int8Array | Int32Array;

/**
 * How many integers of a merge are not what the specification makes of its inputs.
 *
 * Sums and concatenations have no float part: their exact products and one rounding are all that there is to simulate. A function
 * is computed anew from what its input stands for; `grids` has those of all values.
 */
export function compareMerge(
  merge: FrozenMerge,
  values: Record<string, Codes>,
  grids: ReadonlyMap<string, ValueGrid>,
): number {
  const { nodes, plan } = merge;
  if (plan.operation.kind === 'lookup') {
    const expected = functionExactly(merge, values[plan.inputs[0]], grids.get(plan.inputs[0]) as ValueGrid);
    return expected.filter((value, i) => value !== values[plan.name][i]).length;
  }
  return nodes.reduce((sum, { name, op, inputs }) => {
    const operands = inputs.map((input) => values[input]);
    const expected = op.op === 'add' ? addExactly(op, operands) : concatExactly(op as ConcatOp, operands);
    return sum + expected.filter((value, i) => value !== values[name][i]).length;
  }, 0);
}

function functionExactly({ plan, shadow, output }: FrozenMerge, codes: Codes, input: ValueGrid): number[] {
  if (plan.operation.kind !== 'lookup') return [];
  const { form } = plan.operation;
  const from = { tensor: input.tensor, step: fromDyadic(input.scale) };
  const to = { tensor: output.tensor, step: shadow.activationStep };
  const known = new Map<number, number>();
  return Array.from(codes, (code: number) => {
    const value = known.get(code) ?? storedFunctionValue(form, from, to, code);
    known.set(code, value);
    return value;
  });
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
