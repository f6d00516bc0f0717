import { IntegerModel, sha256Hex } from '@bnfree/core';
import { typescriptBackend, type TensorValues } from '@bnfree/integer-kernels';
import { batchedOp, prepareOp } from '../contenders/preparedOp.js';
import type { PreparedWork } from '../peers/peer.js';

/** Runs the TypeScript reference on a work item; the digest of its output bytes. */
export async function referenceSha256(work: PreparedWork): Promise<string> {
  const backend = typescriptBackend();
  if (work.scope === 'op') {
    const prepared = await prepareOp(backend, batchedOp(work.graph.nodes[0].op, work.batch), work.inputs);
    await prepared.run();
    return outputSha256(prepared.read());
  }
  const model = await IntegerModel.fromGraph(work.graph, { backend });
  const inputs = Object.fromEntries(work.graph.inputs.map(({ name }, index) => [name, work.inputs[index]]));
  const { output } = await model.run(inputs);
  await model.dispose();
  return outputSha256(output);
}

/** Digest of dense values. */
export function outputSha256({ buffer, byteOffset, byteLength }: TensorValues): string {
  return sha256Hex(new Uint8Array(buffer, byteOffset, byteLength));
}
