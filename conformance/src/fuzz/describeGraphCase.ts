import { definitionOf } from '@bnfree/integer-kernels';
import type { GraphCase } from './graphCase.js';

/** A case in lines that people can read: nodes with their ops, constants and images shortened. */
export function describeGraphCase({ graph, inputs, images, batchSize }: GraphCase): string {
  const lines = graph.inputs.map(
    ({ name, tensor }, index) => `input ${name}: ${JSON.stringify(tensor)} = ${showValues(inputs[index])}`,
  );
  for (const { name, op, inputs: operands } of graph.nodes) {
    lines.push(
      `${name}(${operands.join(', ')}): ${definitionOf(op).describe(op)}`,
      `  ${JSON.stringify(op, shorten)}`,
    );
  }
  const outputs = graph.outputs.map(({ name }) => name).join(', ');
  return [`${images} images, ${batchSize} at a time`, ...lines, `outputs ${outputs}`].join('\n');
}

function shorten(_key: string, value: unknown): unknown {
  return ArrayBuffer.isView(value) ? showValues(value as Uint8Array) : value;
}

function showValues(values: ArrayLike<number>): string {
  const shown = Array.from({ length: Math.min(values.length, 12) }, (_, index) => values[index]).join(' ');
  return values.length <= 12 ? `[${shown}]` : `[${shown} .. ${values.length} values]`;
}
