import type { Issue } from '@bnfree/core';
import { definitionOf } from '@bnfree/integer-kernels';
import type { Check } from './check.js';

export interface AccumulatorFitsOptions {
  /** Width that every accumulator must fit, sign included; 32 by default. */
  readonly bits?: number;
  /**
   * What must fit: everything that is summed, or the products alone, as stored values times weights, which is what kernels of short
   * sums ask for; they add zero points and biases in 32 bits. `sums` by default.
   */
  readonly of?: 'sums' | 'products';
}

/** Proves that no partial sum of any layer leaves an accumulator of so many bits, whatever the input. */
export function accumulatorFits({ bits = 32, of = 'sums' }: AccumulatorFitsOptions = {}): Check {
  const largest = 2 ** (bits - 1) - 1;
  return {
    name: 'accumulatorFits',
    run: ({ graph }) =>
      Promise.resolve(
        graph.nodes.flatMap(({ name, op }): Issue[] => {
          const definition = definitionOf(op);
          const sums = definition.accumulatorBound(op);
          const magnitude = of === 'sums' ? sums.magnitude : (definition.partialSumBound?.(op) ?? 0);
          if (magnitude <= largest) return [];
          return [
            {
              code: 'ACCUMULATOR_OVERFLOW',
              path: of === 'sums' ? `layer "${name}", channel ${sums.channel}` : `layer "${name}"`,
              message: `partial sums reach ${magnitude}, expected at most ${largest} (${bits} bits)`,
              fix: `give "${name}" fewer bits: planStudent(teacher, { layers: (l) => (l.name === '${name}' ? { bits: 4 } : undefined) })`,
            },
          ];
        }),
      ),
  };
}
