import type { Issue } from '@bnfree/core';
import { definitionOf } from '@bnfree/integer-kernels';
import type { Check } from './check.js';

export interface AccumulatorFitsOptions {
  /** Width that every accumulator must fit, sign included; 32 by default. */
  readonly bits?: number;
}

/** Proves that no partial sum of any layer leaves an accumulator of so many bits, whatever the input. */
export function accumulatorFits({ bits = 32 }: AccumulatorFitsOptions = {}): Check {
  const largest = 2 ** (bits - 1) - 1;
  return {
    name: 'accumulatorFits',
    run: ({ graph }) =>
      Promise.resolve(
        graph.nodes.flatMap(({ name, op }): Issue[] => {
          const { magnitude, channel } = definitionOf(op).accumulatorBound(op);
          if (magnitude <= largest) return [];
          return [
            {
              code: 'ACCUMULATOR_OVERFLOW',
              path: `layer "${name}", channel ${channel}`,
              message: `partial sums reach ${magnitude}, expected at most ${largest} (${bits} bits)`,
              fix: `give "${name}" fewer bits: planStudent(teacher, { layers: (l) => (l.name === '${name}' ? { bits: 4 } : undefined) })`,
            },
          ];
        }),
      ),
  };
}
