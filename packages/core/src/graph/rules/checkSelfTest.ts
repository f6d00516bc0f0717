import type { ActivationSpec, Issue } from '@bnfree/integer-kernels';
import { denseByteLength } from '../tensorSize.js';
import { valueTensors } from '../valueTensors.js';
import type { Rule } from './rule.js';

/** A self-test vector has one tensor of the right size for every input and output. */
export const checkSelfTest: Rule = (graph) => {
  const vector = graph.selfTest;
  if (vector === undefined) return [];
  const values = valueTensors(graph);
  const outputs = graph.outputs.map(({ value }) => values.get(value));
  return [
    ...sizeIssues(
      'selfTest.inputs',
      vector.inputs,
      graph.inputs.map(({ tensor }) => tensor),
    ),
    ...sizeIssues('selfTest.outputs', vector.outputs, outputs),
  ];
};

function sizeIssues(
  path: string,
  got: readonly Uint8Array[],
  tensors: readonly (ActivationSpec | undefined)[],
): Issue[] {
  const fix = 'make the vector with withSelfTest(graph)';
  if (got.length !== tensors.length) {
    const message = `got ${got.length} tensors, expected ${tensors.length}`;
    return [{ code: 'GRAPH_SELF_TEST', path, message, fix }];
  }
  return tensors.flatMap((tensor, index) => {
    const expected = tensor && denseByteLength(tensor);
    const length = got[index]?.length;
    if (expected === undefined || length === expected) return [];
    const message = `got ${length} bytes, expected ${expected}`;
    return [{ code: 'GRAPH_SELF_TEST', path: `${path}[${index}]`, message, fix }];
  });
}
