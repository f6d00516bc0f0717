import {
  definitionOf,
  narrowAccumulator,
  type BackendCapabilities,
  type KernelBackend,
  type NarrowAccumulator,
  type Op,
} from '@bnfree/integer-kernels';
import { headroomBits } from '../graph/headroomBits.js';
import type { GraphInput, GraphOutput, IntegerGraph } from '../graph/integerGraph.js';
import type { MemoryPlanReport } from '../memory/planMemory.js';
import type { Execution } from './execution.js';

/** One layer, or a relayout that the memory plan inserted. */
export interface LayerDescription {
  readonly name: string;
  readonly op: Op['op'];
  /** One line for people. */
  readonly description: string;
  /** Output shape of one run, batch included. */
  readonly shape: readonly number[];
  /** Bits of a weight; null where the layer has none. */
  readonly bits: number | null;
  /** Multiply-accumulates of one run, batch included. */
  readonly macs: number;
  /** No partial sum exceeds it, whatever the input. */
  readonly accumulatorBound: number;
  /** Unused bits of the 32-bit accumulator. */
  readonly headroomBits: number;
  /** Whether all sums fit 16 bits, or by how much they miss; null where nothing is multiplied. */
  readonly narrowAccumulator: NarrowAccumulator | null;
  /** The kernel that was chosen; `alias` where nothing has to run. */
  readonly kernel: string;
  /** Bytes of prepared constants. */
  readonly bytes: number;
}

export interface MemoryReport extends MemoryPlanReport {
  /** Bytes held while the model is loaded: arena and the graph's own tensors, unless `memory: 'small'` let go of them. */
  readonly steadyBytes: number;
  /** The most that loading takes: arena, the graph's own tensors and the file. */
  readonly peakBytes: number;
}

export interface ModelDescription {
  readonly name: string;
  readonly inputs: readonly GraphInput[];
  readonly outputs: readonly GraphOutput[];
  readonly classes: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
  readonly batchSize: number;
  readonly backend: { readonly name: string; readonly capabilities: BackendCapabilities };
  readonly layers: readonly LayerDescription[];
  readonly memory: MemoryReport;
}

/** What a model can say of itself at any time. */
export interface ModelFacts {
  readonly layers: readonly LayerDescription[];
  /** Bytes of the tensors that came with the graph, and of those that are still held. */
  readonly tensorBytes: { readonly loaded: number; readonly kept: number };
  /** Bytes of the file; 0 where there was none. */
  readonly artifactBytes: number;
}

/** Collects what can be said about a loaded model. */
export function describeModel(
  graph: IntegerGraph,
  backend: KernelBackend,
  { plan, arena }: Execution,
  { layers, tensorBytes, artifactBytes }: ModelFacts,
): ModelDescription {
  const { byteLength } = arena;
  const memory = {
    ...plan.report,
    steadyBytes: byteLength + tensorBytes.kept,
    peakBytes: byteLength + tensorBytes.loaded + artifactBytes,
  };
  const { name, inputs, outputs, classes, metadata } = graph;
  return {
    name,
    inputs,
    outputs,
    classes,
    metadata,
    batchSize: plan.batchSize,
    backend: { name: backend.name, capabilities: backend.capabilities },
    layers,
    memory,
  };
}

/** What can be said of every step; the first time it walks over all weights. */
export function describeLayers({ plan, steps }: Execution): LayerDescription[] {
  return plan.steps.map(({ name, op, constantBytes }, index) => {
    const definition = definitionOf(op);
    const { magnitude } = definition.accumulatorBound(op);
    return {
      name,
      op: op.op,
      description: definition.describe(op),
      shape: op.output.shape,
      bits: 'weights' in op ? op.weights.bits : null,
      macs: definition.macs(op),
      accumulatorBound: magnitude,
      headroomBits: headroomBits(magnitude),
      narrowAccumulator: narrowAccumulator(op) ?? null,
      kernel: steps[index].call?.kernel ?? 'alias',
      bytes: constantBytes,
    };
  });
}

/** Bytes of every typed array of a graph, or of a part of it, wherever it stands. */
export function tensorBytes(value: unknown): number {
  if (ArrayBuffer.isView(value)) return value.byteLength;
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce<number>((all, field) => all + tensorBytes(field), 0);
}
