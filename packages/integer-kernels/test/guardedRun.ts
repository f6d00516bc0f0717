import {
  type Arena,
  type KernelBackend,
  type LayoutRequest,
  type Op,
  type OperandView,
  type TensorLayout,
  type TensorShape,
  type TensorValues,
  denseLayout,
  fillHalo,
  readTensor,
  requestedLayout,
  tensorByteLength,
  tensorStrides,
  writeTensor,
} from '../src/index.js';
import { sequence } from './arbitraries/integers.js';

/** Which memory layouts a run uses. */
export type LayoutChoice = 'dense' | 'requested' | 'random';

/** What a run left behind. */
export interface GuardedResult {
  /** The kernel that ran. */
  readonly kernel: string;
  readonly output: TensorValues;
  /** Byte offsets that changed although they belong to no output value, constant or scratch. */
  readonly strayWrites: readonly number[];
}

const guardBytes = 64;

/**
 * Runs an op in an arena full of garbage and looks for writes outside the output.
 *
 * Padded channels hold garbage, as do halos that the backend does not read; the others hold what it asked for.
 */
export async function guardedRun(
  backend: KernelBackend,
  op: Op,
  inputs: readonly TensorValues[],
  choice: LayoutChoice,
  seed: number,
): Promise<GuardedResult> {
  const next = sequence(seed);
  const layouts = backend.layout(op);
  const tensors = [...op.inputs, op.output];
  const requests = [...layouts.inputs, layouts.output];
  let end = guardBytes;
  const reserve = (byteLength: number): number => {
    const start = end;
    end = Math.ceil((start + byteLength) / 16) * 16 + guardBytes;
    return start;
  };
  const views = tensors.map((tensor, i): OperandView => {
    const layout = chooseLayout(choice, tensor, requests[i], next);
    return { byteOffset: reserve(tensorByteLength(tensor, layout)), layout };
  });
  const constantsOffset = reserve(layouts.constantBytes);
  const scratchOffset = reserve(layouts.scratchBytes);
  const arena = await backend.allocate(end);

  for (let i = 0; i < arena.bytes.length; i += 1) arena.bytes[i] = Math.floor(next() * 256);
  op.inputs.forEach((tensor, i) => {
    const { haloValue } = requests[i];
    if (haloValue !== null) fillHalo(arena, tensor, views[i], haloValue);
    writeTensor(arena, tensor, views[i], inputs[i]);
  });
  const before = arena.bytes.slice();
  const output = views[views.length - 1];
  const call = await backend.prepare(op, {
    arena,
    inputs: views.slice(0, -1),
    output,
    constantsOffset,
    scratchOffset,
  });
  // Two runs: a kernel must not depend on what the one before left in the scratch or the output.
  await call.run();
  const first = readTensor(arena, op.output, output);
  await call.run();
  const second = readTensor(arena, op.output, output);
  if (first.some((value, i) => value !== second[i]))
    throw new Error(`${call.kernel} gave two results for one input`);

  const isWritable = writableBytes(op.output, output, end);
  isWritable.fill(1, constantsOffset, constantsOffset + layouts.constantBytes);
  isWritable.fill(1, scratchOffset, scratchOffset + layouts.scratchBytes);
  const strayWrites = changedBytes(arena, before, isWritable);
  return { kernel: call.kernel, output: second, strayWrites };
}

function chooseLayout(
  choice: LayoutChoice,
  tensor: TensorShape,
  request: LayoutRequest,
  next: () => number,
): TensorLayout {
  if (choice === 'dense') return denseLayout(tensor);
  const granted = requestedLayout(tensor, request);
  if (choice === 'requested') return granted;
  const upTo = (largest: number): number => Math.floor(next() * (largest + 1));
  const multiple = [1, 4, 8, 16][upTo(3)];
  const { channelStride } = denseLayout(tensor);
  const side = (wanted: number): number => (tensor.shape.length === 4 ? upTo(1) * wanted + upTo(2) : 0);
  return {
    channelStride: Math.ceil((channelStride + upTo(1) * upTo(9)) / multiple) * multiple,
    halo: {
      top: side(request.halo.top),
      bottom: side(request.halo.bottom),
      left: side(request.halo.left),
      right: side(request.halo.right),
    },
    tailBytes: upTo(1) * request.tailBytes,
  };
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
