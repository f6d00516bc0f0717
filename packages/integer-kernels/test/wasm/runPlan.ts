import {
  type Arena,
  type Op,
  type TensorValues,
  denseLayout,
  readTensor,
  tensorByteLength,
  writeTensor,
} from '../../src/index.js';
import { emitModule } from '../../src/wasm/emitModule.js';
import { scratchByteLength, threadScratchAddress } from '../../src/wasm/scratch.js';
import type { KernelPlan } from '../../src/wasm/wasmKernel.js';

/** Runs a plan of dense operands as it is, whether or not its candidate supports the op. */
export async function runPlan(
  plan: KernelPlan,
  op: Op,
  inputs: readonly TensorValues[],
): Promise<TensorValues> {
  let end = 0;
  const reserve = (byteLength: number): number => {
    const start = end;
    end = Math.ceil((start + byteLength) / 64) * 64;
    return start;
  };
  const place = (tensor: Op['output']) => {
    const layout = denseLayout(tensor);
    return { byteOffset: reserve(tensorByteLength(tensor, layout)), layout };
  };
  const views = op.inputs.map(place);
  const output = place(op.output);
  const constants = reserve(plan.constantBytes);
  const scratch = reserve(scratchByteLength(plan, 1));
  const memory = new WebAssembly.Memory({ initial: Math.ceil(end / 65536) });
  const arena: Arena = { byteLength: end, bytes: new Uint8Array(memory.buffer, 0, end) };
  op.inputs.forEach((tensor, index) => {
    writeTensor(arena, tensor, views[index], inputs[index]);
  });
  const addresses = views.map(({ byteOffset }) => byteOffset);
  plan.writeConstants(new DataView(memory.buffer, constants, plan.constantBytes), addresses);
  const module = new WebAssembly.Module(emitModule([plan]) as Uint8Array<ArrayBuffer>);
  const { exports } = await WebAssembly.instantiate(module, { arena: { memory } });
  plan.phases.forEach(({ units }, phase) => {
    const run = exports[`0.${phase}`] as (...parameters: number[]) => void;
    run(
      ...addresses,
      output.byteOffset,
      constants,
      scratch,
      threadScratchAddress(plan, scratch, 0),
      0,
      units,
    );
  });
  return readTensor(arena, op.output, output);
}
