import type { IntegerGraph } from '@bnfree/core';
import type { ActivationSpec } from '@bnfree/integer-kernels';
import type { Contender, WorkInputs } from '../contenders/contender.js';
import type { PeerName, WorkItem } from '../work/workItem.js';

/** A work item whose graph and operands are at hand. */
export interface PreparedWork {
  readonly graph: IntegerGraph;
  readonly batch: number;
  readonly scope: WorkItem['scope'];
  readonly inputs: WorkInputs;
}

/** An engine of other people. */
export interface Peer {
  readonly name: PeerName;
  prepare(work: PreparedWork): Promise<Contender>;
}

/** Type of the graph's first output. */
export function outputSpec({ graph }: PreparedWork): ActivationSpec {
  const { value } = graph.outputs[0];
  const node = graph.nodes.find(({ name }) => name === value);
  return node?.op.output ?? graph.inputs[0].tensor;
}

/** The operand's values minus its zero point, as real numbers. */
export function floatInput({ graph, inputs }: PreparedWork, index: number): Float32Array {
  const { zeroPoint } = graph.inputs[index].tensor;
  return Float32Array.from(inputs[index], (value) => value - zeroPoint);
}

/** Real numbers in our stored steps. */
export function storedValues(real: ArrayLike<number>, scale: number, zeroPoint: number): Float32Array {
  return Float32Array.from(real, (value) => value / scale + zeroPoint);
}
