import type { IntegerGraph } from '@bnfree/core';
import type { Op } from '@bnfree/integer-kernels';

/**
 * What a stored step of every value is worth, for peers that compute with real numbers.
 *
 * A free choice that a convolution's or dense layer's output is worth 1 settles all others: additions say how their operands
 * relate. Throws where the graph contradicts itself.
 */
export function activationScales({ inputs, nodes }: IntegerGraph): ReadonlyMap<string, number> {
  const scales = new Map(inputs.map(({ name }) => [name, 1]));
  for (const { name, op, inputs: operands } of nodes) {
    scales.set(
      name,
      outputScale(
        op,
        operands.map((operand) => scales.get(operand) ?? 1),
      ),
    );
  }
  return scales;
}

function outputScale(op: Op, operands: readonly number[]): number {
  if ('weights' in op || op.op === 'gemm') return 1;
  if (op.op !== 'add') return operands[0];
  const unit = 2 ** op.outputRescale.shift / op.outputRescale.multiplier;
  const [first, second] = op.rescales.map(
    ({ multiplier, shift }, index) => (operands[index] * unit * 2 ** shift) / multiplier,
  );
  if (Math.abs(first / second - 1) > 1e-4)
    throw new Error(`the operands of an addition disagree: ${first}, ${second}`);
  return first;
}

/** What an accumulator of every output channel is worth in stored steps of the output. */
export function outputFactors(op: Extract<Op, { requantization: unknown }>): Float64Array {
  const channels = op.output.shape[op.output.shape.length - 1];
  const { requantization } = op;
  if (requantization.kind === 'none') return new Float64Array(channels).fill(1);
  if (requantization.kind !== 'multiplier')
    throw new Error(`peers know no requantization by ${requantization.kind}`);
  const { multipliers, shifts } = requantization;
  const last = multipliers.length - 1;
  return Float64Array.from(
    { length: channels },
    (_, channel) => multipliers[Math.min(channel, last)] / 2 ** shifts[Math.min(channel, shifts.length - 1)],
  );
}
