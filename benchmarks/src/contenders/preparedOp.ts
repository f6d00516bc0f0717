import {
  definitionOf,
  placeOperands,
  readTensor,
  writeInputs,
  type KernelBackend,
  type Op,
  type TensorValues,
} from '@bnfree/integer-kernels';
import type { WorkInputs } from './contender.js';

/** One op in an arena of its own, in the layouts that the backend asks for. */
export interface PreparedOp {
  readonly kernel: string;
  readonly arenaBytes: number;
  /** Returns a promise where it must be waited for. */
  readonly run: () => unknown;
  readonly read: () => TensorValues;
}

/** Allocates, prepares and writes the operands. */
export async function prepareOp(backend: KernelBackend, op: Op, inputs: WorkInputs): Promise<PreparedOp> {
  const places = placeOperands(backend, op);
  const arena = await backend.allocate(places.byteLength);
  const call = await backend.prepare(op, { ...places, arena });
  // After preparing: warming up may write into the operands.
  writeInputs(arena, op, places, inputs);
  return {
    kernel: call.kernel,
    arenaBytes: arena.byteLength,
    run:
      call.runSync === undefined
        ? () => call.run()
        : () => {
            call.runSync?.();
          },
    read: () => readTensor(arena, op.output, places.output),
  };
}

/** The op for several images; a product of two run-time matrices has none and stays as it is. */
export function batchedOp(op: Op, batch: number): Op {
  return batch === 1 ? op : definitionOf(op).withBatch(op, batch);
}
