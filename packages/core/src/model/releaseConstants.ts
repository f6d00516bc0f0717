import { BnfreeError } from '@bnfree/integer-kernels';
import type { IntegerGraph } from '../graph/integerGraph.js';
import type { Execution } from './execution.js';

/** A model without its ops. */
export interface ReleasedModel {
  /** All but `nodes`. */
  readonly graph: IntegerGraph;
  /** All but `plan.steps`. */
  readonly execution: Execution;
}

/**
 * The same model without its ops, so that nothing holds their constants any more.
 *
 * It runs as before. Reading `graph.nodes` or `plan.steps` throws CONSTANTS_RELEASED.
 */
export function releaseConstants(graph: IntegerGraph, execution: Execution): ReleasedModel {
  const { name, inputs, outputs, classes, metadata, selfTest } = graph;
  const { batchSize, values, valueIndex, haloFills, report } = execution.plan;
  return {
    graph: {
      ...{ name, inputs, outputs, classes, metadata },
      ...(selfTest === undefined ? {} : { selfTest }),
      get nodes() {
        return released('model.graph.nodes');
      },
    },
    execution: {
      ...execution,
      plan: {
        ...{ batchSize, values, valueIndex, haloFills, report },
        get steps() {
          return released('model.plan.steps');
        },
      },
    },
  };
}

function released(path: string): never {
  const message =
    "got a model that was loaded with memory: 'small', which lets go of its ops after preparing them";
  const fix = "read the file again: decodeArtifact(bytes), or load it with memory: 'fast'";
  throw new BnfreeError([{ code: 'CONSTANTS_RELEASED', path, message, fix }]);
}
