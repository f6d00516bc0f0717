import { typescriptBackend, type KernelBackend } from '@bnfree/integer-kernels';
import { assertGraph } from '@bnfree/core';
import { prepareExecution } from '../../../packages/core/src/model/execution.js';
import { runChunks } from '../../../packages/core/src/model/runChunks.js';
import type { GraphCase } from './graphCase.js';

/** One way to run a graph. */
export interface Way {
  readonly label: string;
  readonly backend: KernelBackend;
  /** Whether values may use the memory of values that are no longer needed. */
  readonly isMemoryReused: boolean;
}

const reference: Way = { label: 'reference', backend: typescriptBackend(), isMemoryReused: false };

/** Dense bytes of every output, for all images. */
export async function runCase(
  { graph, inputs, images, batchSize }: GraphCase,
  way: Way,
): Promise<Uint8Array[]> {
  const execution = await prepareExecution(graph, way.backend, batchSize, way.isMemoryReused);
  try {
    return await runChunks(execution, { count: images, tensors: inputs });
  } finally {
    await way.backend.release?.(execution.arena);
  }
}

/** What every way must give: one image at a time, no memory used again. */
export function runReference(graphCase: GraphCase): Promise<Uint8Array[]> {
  assertGraph(graphCase.graph);
  return runCase({ ...graphCase, batchSize: 1 }, reference);
}

/** Where a way differs from the reference, in words; undefined where all bytes agree. */
export async function findDifference(
  graphCase: GraphCase,
  way: Way,
  expected: readonly Uint8Array[],
): Promise<string | undefined> {
  let outputs: Uint8Array[];
  try {
    outputs = await runCase(graphCase, way);
  } catch (error) {
    return `got ${String(error)}, expected a result`;
  }
  for (const [position, output] of outputs.entries()) {
    const wanted = expected[position];
    const index = output.findIndex((byte, i) => byte !== wanted[i]);
    if (index < 0 && output.length === wanted.length) continue;
    const { name } = graphCase.graph.outputs[position];
    const wrong = output.filter((byte, i) => byte !== wanted[i]).length;
    return `${name}: got byte ${output[index]} at ${index}, expected ${wanted[index]} (${wrong} of ${wanted.length} bytes differ)`;
  }
  return undefined;
}
