import type { ActivationSpec, Op } from '@bnfree/integer-kernels';

/** A scale without a decimal point: `multiplier / 2^shift`. */
export interface DyadicScale {
  /** 1 .. 2^31 - 1. */
  readonly multiplier: number;
  /** 0 .. 62. */
  readonly shift: number;
}

/** A value that the caller provides. `scale` tells people what a stored step is worth; inference never uses it. */
export interface GraphInput {
  readonly name: string;
  /** Batch 1. */
  readonly tensor: ActivationSpec;
  readonly scale: DyadicScale;
}

/** One op and where its operands come from. Its output value carries the node's name, which is the teacher's layer name. */
export interface GraphNode {
  readonly name: string;
  /** Batch 1, constants inline. `relayout` does not occur: the memory plan inserts it. */
  readonly op: Op;
  /** Names of graph inputs or of earlier nodes, one per operand. */
  readonly inputs: readonly string[];
}

/** A value that the caller gets. */
export interface GraphOutput {
  readonly name: string;
  /** Name of the graph input or node that produces it. */
  readonly value: string;
  readonly scale: DyadicScale;
}

/** A vector that travels with the model: every engine must turn `inputs` into exactly `outputs`. Dense, batch 1. */
export interface SelfTestVector {
  readonly inputs: readonly Uint8Array[];
  readonly outputs: readonly Uint8Array[];
}

/** A network that computes with integers alone. Nodes stand in an order in which they can run. */
export interface IntegerGraph {
  readonly name: string;
  readonly inputs: readonly GraphInput[];
  readonly nodes: readonly GraphNode[];
  readonly outputs: readonly GraphOutput[];
  /** Class names of the first output, in order; empty where there are none. */
  readonly classes: readonly string[];
  /** Provenance, for people: text only. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly selfTest?: SelfTestVector;
}
