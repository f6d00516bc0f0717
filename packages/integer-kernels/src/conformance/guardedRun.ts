import {
  type Arena,
  BnfreeError,
  type KernelBackend,
  type KernelCall,
  type Op,
  type OperandView,
  type TensorShape,
  type TensorValues,
  placeOperands,
  readTensor,
  tensorStrides,
  writeInputs,
} from '@bnfree/integer-kernels';
import { type LayoutChoice, layoutsOf } from './layoutChoice.js';
import { sequence } from './sequence.js';

/** What a run left behind. */
export interface GuardedResult {
  /** The kernel that ran. */
  readonly kernel: string;
  readonly output: TensorValues;
  /** Byte offsets that changed although they belong to no output value, constant or scratch. */
  readonly strayWrites: readonly number[];
}

/** Bytes of garbage around every part. */
const guardBytes = 64;

/**
 * Runs an op in an arena full of garbage and looks for writes outside the output.
 *
 * Padded channels hold garbage, as do halos that the backend does not read; the others hold what it asked for. The op runs
 * twice, the second time without waiting where the backend can.
 * @throws BnfreeError CONFORMANCE_REPEAT where the two runs differ
 */
export async function guardedRun(
  backend: KernelBackend,
  op: Op,
  inputs: readonly TensorValues[],
  choice: LayoutChoice,
  seed: number,
): Promise<GuardedResult> {
  const next = sequence(seed);
  const places = placeOperands(backend, op, { layouts: layoutsOf(choice, seed), gap: guardBytes });
  const { output, constantsOffset, scratchOffset } = places;
  const arena = await backend.allocate(places.byteLength);
  for (let i = 0; i < arena.bytes.length; i += 1) arena.bytes[i] = Math.floor(next() * 256);
  writeInputs(arena, op, places, inputs);
  const before = arena.bytes.slice();
  const call = await backend.prepare(op, { ...places, arena });
  const values = await runTwice(call, () => readTensor(arena, op.output, output));
  await backend.release?.(arena);

  const { constantBytes, scratchBytes } = backend.layout(op);
  const isWritable = writableBytes(op.output, output, places.byteLength);
  isWritable.fill(1, constantsOffset, constantsOffset + constantBytes);
  isWritable.fill(1, scratchOffset, scratchOffset + scratchBytes);
  const strayWrites = changedBytes(arena, before, isWritable);
  await backend.release?.(arena);
  return { kernel: call.kernel, output: values, strayWrites };
}

/** A kernel must not depend on what the run before left in the scratch or the output. */
async function runTwice(call: KernelCall, read: () => TensorValues): Promise<TensorValues> {
  await call.run();
  const first = read();
  if (call.runSync === undefined) await call.run();
  else call.runSync();
  const second = read();
  const index = first.findIndex((value, i) => value !== second[i]);
  if (index < 0) return second;
  throw new BnfreeError([
    {
      code: 'CONFORMANCE_REPEAT',
      path: call.kernel,
      message: `got two results for one input: ${first[index]}, then ${second[index]} at ${index}`,
      fix: 'initialize scratch and output in every run',
    },
  ]);
}

/** Marks the pixels of the output, padded channels included: what stands there is unspecified. */
function writableBytes(tensor: TensorShape, { byteOffset, layout }: OperandView, length: number): Uint8Array {
  const isWritable = new Uint8Array(length);
  const bytes = tensor.type === 'int32' ? 4 : 1;
  const { origin, strides } = tensorStrides(tensor, layout);
  const walk = (axis: number, start: number): void => {
    if (axis === tensor.shape.length - 1) {
      const first = byteOffset + start * bytes;
      isWritable.fill(1, first, first + layout.channelStride * bytes);
      return;
    }
    for (let i = 0; i < tensor.shape[axis]; i += 1) walk(axis + 1, start + i * strides[axis]);
  };
  walk(0, origin);
  return isWritable;
}

function changedBytes(arena: Arena, before: Uint8Array, isWritable: Uint8Array): number[] {
  const changed: number[] = [];
  for (let i = 0; i < before.length; i += 1) {
    if (isWritable[i] !== 1 && arena.bytes[i] !== before[i]) changed.push(i);
  }
  return changed;
}
