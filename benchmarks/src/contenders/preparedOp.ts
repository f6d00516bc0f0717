import {
  definitionOf,
  fillHalo,
  readTensor,
  requestedLayout,
  tensorByteLength,
  writeTensor,
  type ActivationSpec,
  type KernelBackend,
  type LayoutRequest,
  type Op,
  type OperandView,
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

/** Allocates, writes the operands, fills halos and prepares. */
export async function prepareOp(backend: KernelBackend, op: Op, inputs: WorkInputs): Promise<PreparedOp> {
  const layouts = backend.layout(op);
  let end = 0;
  const reserve = (byteLength: number): number => {
    const start = end;
    end = Math.ceil((start + byteLength) / 16) * 16;
    return start;
  };
  const place = (tensor: ActivationSpec, request: LayoutRequest): OperandView => {
    const layout = requestedLayout(tensor, request);
    return { byteOffset: reserve(tensorByteLength(tensor, layout)), layout };
  };
  const views = op.inputs.map((tensor, index) => place(tensor, layouts.inputs[index]));
  const output = place(op.output, layouts.output);
  const constantsOffset = reserve(layouts.constantBytes);
  const scratchOffset = reserve(layouts.scratchBytes);
  const arena = await backend.allocate(end);
  const call = await backend.prepare(op, { arena, inputs: views, output, constantsOffset, scratchOffset });
  // After preparing: warming up may write into the operands.
  op.inputs.forEach((tensor, index) => {
    const { haloValue } = layouts.inputs[index];
    if (haloValue !== null) fillHalo(arena, tensor, views[index], haloValue);
    writeTensor(arena, tensor, views[index], inputs[index]);
  });
  return {
    kernel: call.kernel,
    arenaBytes: arena.byteLength,
    run:
      'runSync' in call
        ? () => {
            call.runSync?.();
          }
        : () => call.run(),
    read: () => readTensor(arena, op.output, output),
  };
}

/** The op for several images; a product of two run-time matrices has none and stays as it is. */
export function batchedOp(op: Op, batch: number): Op {
  return batch === 1 ? op : definitionOf(op).withBatch(op, batch);
}
