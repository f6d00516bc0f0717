import type {
  ActivationSpec,
  AddOp,
  ConcatOp,
  Op,
  OpName,
  Ops,
  PooledOp,
  TensorValues,
} from '../../src/index.js';
import { type ReadOperand, type Terms, convolutionTerms, denseTerms, gemmTerms } from './accumulate.js';
import { clampTo, finishExactly } from './finishExactly.js';
import { grid, indicesOf, inside } from './grid.js';
import { requantizeExactly } from './requantizeExactly.js';
import { roundQuotient } from './roundQuotient.js';

/** Gives the stored output at an index. */
type OutputAt = (index: readonly number[]) => bigint;
type Oracle<Name extends OpName> = (op: Ops[Name], inputs: readonly TensorValues[]) => OutputAt;

const oracles = {
  gemm: (op, inputs) => summed(op, gemmTerms(op, centered(op, inputs))),
  conv2d: (op, inputs) => summed(op, convolutionTerms(op, centered(op, inputs))),
  depthwiseConv2d: (op, inputs) => summed(op, convolutionTerms(op, centered(op, inputs))),
  dense: (op, inputs) => summed(op, denseTerms(op, centered(op, inputs))),
  maxPool2d: (op, inputs) => (index) =>
    clampTo(
      op.output,
      windowValues(op, inputs, index).reduce((largest, value) => (value > largest ? value : largest)),
    ),
  averagePool2d: (op, inputs) => (index) => {
    const values = windowValues(op, inputs, index);
    const sum = values.reduce((total, value) => total + value, 0n);
    return clampTo(op.output, roundQuotient(sum, BigInt(values.length), op.rounding));
  },
  globalAveragePool2d: (op, inputs) => {
    const read = centered(op, inputs);
    const [, height, width] = op.inputs[0].shape;
    return summed(op, ([n, c]) =>
      indicesOf([height, width]).map(([y, x]) => [inside(read(0, n, y, x, c)), 1n] as const),
    );
  },
  add: (op, inputs) => addExactly(op, centered(op, inputs)),
  concat: (op, inputs) => concatExactly(op, centered(op, inputs)),
  requantize: (op, inputs) => {
    const read = centered(op, inputs);
    return summed(op, (index) => [[inside(read(0, ...index)), 1n]]);
  },
  lookup: ({ inputs: [{ shape }], output, table }, [input]) => {
    const read = grid(shape, input);
    return (index) => {
      const entry = BigInt(table[Number(BigInt.asUintN(8, inside(read(...index))))]);
      return output.type === 'int8' ? BigInt.asIntN(8, entry) : entry;
    };
  },
  reshape: ({ output }, [input]) => {
    const read = grid(output.shape, input);
    return (index) => inside(read(...index));
  },
  relayout: ({ output }, [input]) => {
    const read = grid(output.shape, input);
    return (index) => inside(read(...index));
  },
} satisfies { readonly [Name in OpName]: Oracle<Name> };

/** Runs an op by its definition, value by value, in exact integers. */
export function runExactly(op: Op, inputs: readonly TensorValues[]): number[] {
  const outputAt = (oracles[op.op] as Oracle<OpName>)(op, inputs);
  return indicesOf(op.output.shape).map((index) => Number(outputAt(index)));
}

/** Reads `stored - zeroPoint` of an operand. */
function centered(
  op: { readonly inputs: readonly ActivationSpec[] },
  inputs: readonly TensorValues[],
): ReadOperand {
  const grids = op.inputs.map(({ shape }, i) => grid(shape, inputs[i]));
  return (operand, ...index) => {
    const stored = grids[operand](...index);
    return stored === undefined ? undefined : stored - BigInt(op.inputs[operand].zeroPoint);
  };
}

function summed(
  { requantization, output }: Pick<Ops['conv2d'], 'requantization' | 'output'>,
  terms: Terms,
): OutputAt {
  return (index) => {
    const accumulator = terms(index).reduce((sum, [a, b]) => sum + a * b, 0n);
    return finishExactly(accumulator, index[index.length - 1], requantization, output);
  };
}

function windowValues(op: PooledOp, [input]: readonly TensorValues[], index: readonly number[]): bigint[] {
  const [n, y, x, c] = index;
  const read = grid(op.inputs[0].shape, input);
  return indicesOf(op.kernel).flatMap(([ky, kx]) => {
    const value = read(
      n,
      y * op.strides[0] + ky - op.padding.top,
      x * op.strides[1] + kx - op.padding.left,
      c,
    );
    return value === undefined ? [] : [value];
  });
}

function addExactly(op: AddOp, read: ReadOperand): OutputAt {
  const term = (operand: 0 | 1, index: readonly number[]): bigint =>
    requantizeExactly(
      inside(read(operand, ...index)) * 2n ** BigInt(op.leftShift),
      op.rescales[operand],
      op.rounding,
    );
  return (index) => {
    const sum = requantizeExactly(term(0, index) + term(1, index), op.outputRescale, op.rounding);
    return clampTo(op.output, sum + BigInt(op.output.zeroPoint));
  };
}

function concatExactly(op: ConcatOp, read: ReadOperand): OutputAt {
  return (index) => {
    const own = [...index];
    let operand = 0;
    while (own[op.axis] >= op.inputs[operand].shape[op.axis]) {
      own[op.axis] -= op.inputs[operand].shape[op.axis];
      operand += 1;
    }
    const value = requantizeExactly(inside(read(operand, ...own)), op.rescales[operand], op.rounding);
    return clampTo(op.output, value + BigInt(op.output.zeroPoint));
  };
}
