import {
  elementRange,
  typescriptBackend,
  unknownKeys,
  throwIfIssues,
  type ActivationSpec,
  type KernelBackend,
} from '@bnfree/integer-kernels';
import type { IntegerGraph } from '../graph/integerGraph.js';
import { bytesOf } from '../graph/sha256Hex.js';
import { elementCount } from '../graph/tensorSize.js';
import { IntegerModel } from './integerModel.js';
import type { ModelArray } from './modelResult.js';

/** How the vector is made. */
export interface SelfTestOptions {
  /** Dense stored values of one image for each graph input; default: pseudo-random over the input's whole range. */
  readonly inputs?: readonly ModelArray[];
  /** Seed of the pseudo-random inputs; default 1. */
  readonly seed?: number;
  /** Computes the expected outputs; default typescriptBackend(), the reference. */
  readonly backend?: KernelBackend;
}

/**
 * Adds a self-test vector to a graph: one input and what it must give.
 * @throws BnfreeError UNKNOWN_OPTION, GRAPH_*, INPUT_*
 */
export async function withSelfTest(
  graph: IntegerGraph,
  options: SelfTestOptions = {},
): Promise<IntegerGraph> {
  throwIfIssues(unknownKeys(options, ['inputs', 'seed', 'backend'], 'options', 'UNKNOWN_OPTION'));
  const { seed = 1, backend = typescriptBackend() } = options;
  const { selfTest: _previous, ...plain } = graph;
  const model = await IntegerModel.fromGraph(plain, { backend });
  const random = randomStates(seed);
  const inputs = graph.inputs.map(
    ({ tensor }, index) => options.inputs?.[index] ?? randomValues(tensor, random),
  );
  const named = graph.inputs.map(({ name }, index) => [name, inputs[index]] as const);
  const { outputs } = await model.run(Object.fromEntries(named));
  return {
    ...plain,
    selfTest: {
      inputs: inputs.map((values) => bytesOf(values).slice()),
      outputs: graph.outputs.map(({ name }) => bytesOf(outputs[name] ?? new Uint8Array(0)).slice()),
    },
  };
}

/** Uniform stored values of the range that a tensor states. */
function randomValues(tensor: ActivationSpec, random: () => number): ModelArray {
  const { quantMin, quantMax, type } = tensor;
  const values = Array.from(
    { length: elementCount(tensor) },
    () => quantMin + (random() % (quantMax - quantMin + 1)),
  );
  if (elementRange[type].bytes === 4) return Int32Array.from(values);
  return type === 'int8' ? Int8Array.from(values) : Uint8Array.from(values);
}

/** Unsigned 32-bit numbers of Marsaglia's xorshift generator. */
function randomStates(seed: number): () => number {
  let state = Math.imul(seed, 0x9e3779b1) | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}
