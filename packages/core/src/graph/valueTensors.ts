import type { ActivationSpec } from '@bnfree/integer-kernels';
import type { IntegerGraph } from './integerGraph.js';

/** What every value of a graph holds, by its name: inputs first, then nodes in order. */
export function valueTensors(graph: IntegerGraph): Map<string, ActivationSpec> {
  return new Map([
    ...graph.inputs.map(({ name, tensor }) => [name, tensor] as const),
    ...graph.nodes.map(({ name, op }) => [name, op.output] as const),
  ]);
}
