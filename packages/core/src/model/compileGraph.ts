import { emitModules, type EmitModulesOptions, type EmittedModules } from '@bnfree/integer-kernels';
import { assertGraph } from '../graph/checkGraph.js';
import type { IntegerGraph } from '../graph/integerGraph.js';
import { planMemory } from '../memory/planMemory.js';
import { assertModelOptions } from './modelOptions.js';

/** What modules are written for; load the model with the same. */
export interface CompileOptions extends EmitModulesOptions {
  /** Images that go through the layers together; default 1. */
  readonly batchSize?: number;
}

/**
 * The WebAssembly modules of a graph as bytes, written ahead of time for hosts that forbid compilation.
 *
 * Load the model with `{ modules }`, `batchSize` and `memory` as given here. The same graph gives the same bytes.
 * @throws BnfreeError GRAPH_*, MEMORY_LIMIT, UNKNOWN_OPTION, INVALID_OPTION, INVALID_VALUE
 */
export function compileGraph(graph: IntegerGraph, options: CompileOptions = {}): EmittedModules {
  assertGraph(graph);
  assertModelOptions(options.batchSize === undefined ? {} : { batchSize: options.batchSize });
  const { batchSize = 1, ...emitOptions } = options;
  return emitModules((backend) => {
    const { steps } = planMemory(graph, { backend, batchSize });
    return steps
      .filter(({ isAlias }) => !isAlias)
      .map(({ op, inputs, output }) => ({
        op,
        layouts: { inputs: inputs.map(({ layout }) => layout), output: output.layout },
      }));
  }, emitOptions);
}
