import { IntegerModel, sha256Hex, type ModelSource } from '@bnfree/core';
import {
  fastTypescriptBackend,
  typescriptBackend,
  wasmBackend,
  type KernelBackend,
} from '@bnfree/integer-kernels';
import { randomInputs } from '../../../packages/core/test/randomInputs.js';

/** Backends and options under which models are run on every engine. */
export const modelWays = {
  reference: typescriptBackend,
  'fast-typescript': fastTypescriptBackend,
  wasm: () => wasmBackend(),
  'wasm, 1 thread': () => wasmBackend({ threads: 1 }),
  'wasm, 2 threads': () => wasmBackend({ threads: 2 }),
  'wasm, memory small': () => wasmBackend({ memory: 'small' }),
  'wasm, relaxed SIMD off': () => wasmBackend({ relaxedSimd: false }),
} as const satisfies Record<string, () => KernelBackend>;

export type ModelWay = keyof typeof modelWays;

/** What came of a model on one engine. */
export interface ModelDigest {
  /** Of all outputs of all images. */
  readonly sha256: string;
  /** Whether the vector that travels with the model gave its bytes. */
  readonly passesSelfTest: boolean;
  readonly threads: number;
}

/** Loads a model with a self-test and runs it on images that a seed gives. */
export async function digestModel(source: ModelSource, images: number, way: ModelWay): Promise<ModelDigest> {
  const backend = modelWays[way]();
  const model = await IntegerModel.load(source, { backend, batchSize: 2 });
  const tensors = model.graph.inputs.map(({ tensor }) => tensor);
  const values = randomInputs(tensors, 77, images);
  const { outputs } = await model.run(
    Object.fromEntries(model.graph.inputs.map(({ name }, index) => [name, values[index]])),
  );
  const digests = model.graph.outputs.map(({ name }) => sha256Hex(outputs[name]));
  const { passed } = await model.selfTest();
  await model.dispose();
  const threads = backend.capabilities.threads;
  await backend.dispose();
  return { sha256: sha256Hex(new TextEncoder().encode(digests.join())), passesSelfTest: passed, threads };
}
