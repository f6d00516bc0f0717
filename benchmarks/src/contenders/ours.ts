import { BnfreeError, IntegerModel } from '@bnfree/core';
import type { KernelBackend } from '@bnfree/integer-kernels';
import type { Clock } from '../measure/sampleInterleaved.js';
import type { WorkItem } from '../work/workItem.js';
import type { Contender, WorkInputs } from './contender.js';
import { batchedOp, prepareOp } from './preparedOp.js';

/** Ours, and what it says of itself. */
export interface OurContender extends Contender {
  /** The kernel of an op; for a network each kernel with the number of its layers. */
  readonly kernel: string;
  /** Held while loaded, and at most while loading. */
  readonly bytes: { readonly steady: number; readonly peak: number };
  /** Milliseconds of loading and preparing, the first time in this process unless the work shares kernels with other. */
  readonly prepareMs: number;
}

/** Prepares a work item on a backend, which stays the caller's. */
export async function ours(
  name: string,
  item: Pick<WorkItem, 'scope' | 'batch' | 'graph'>,
  backend: KernelBackend,
  inputs: WorkInputs,
  clock: Clock,
): Promise<OurContender> {
  return item.scope === 'model'
    ? wholeModel(name, item, backend, inputs, clock)
    : singleOp(name, item, backend, inputs, clock);
}

async function wholeModel(
  name: string,
  { batch, graph }: Pick<WorkItem, 'batch' | 'graph'>,
  backend: KernelBackend,
  inputs: WorkInputs,
  clock: Clock,
): Promise<OurContender> {
  const made = graph();
  const start = clock();
  const model = await IntegerModel.fromGraph(made, { backend, batchSize: batch });
  const prepareMs = clock() - start;
  const { layers, memory } = model.describe();
  const given = Object.fromEntries(model.graph.inputs.map((input, index) => [input.name, inputs[index]]));
  let output: ArrayLike<number> = [];
  const runs = await canRunSync(model, given);
  return {
    name,
    isComparable: false,
    kernel: countKernels(layers.map(({ kernel }) => kernel)),
    bytes: { steady: memory.steadyBytes, peak: memory.peakBytes },
    prepareMs,
    run: runs
      ? () => {
          ({ output } = model.runSync(given));
        }
      : async () => {
          ({ output } = await model.run(given));
        },
    read: () => Promise.resolve(output),
    dispose: () => model.dispose(),
  };
}

type NamedInputs = Readonly<Record<string, WorkInputs[number]>>;

/** Whether the backend's kernels wait for nothing; runs the model once. */
async function canRunSync(model: IntegerModel, inputs: NamedInputs): Promise<boolean> {
  await model.run(inputs);
  try {
    model.runSync(inputs);
    return true;
  } catch (error) {
    if (error instanceof BnfreeError && error.code === 'SYNC_UNAVAILABLE') return false;
    throw error;
  }
}

async function singleOp(
  name: string,
  { batch, graph }: Pick<WorkItem, 'batch' | 'graph'>,
  backend: KernelBackend,
  inputs: WorkInputs,
  clock: Clock,
): Promise<OurContender> {
  const [node] = graph().nodes;
  const op = batchedOp(node.op, batch);
  const start = clock();
  const { kernel, arenaBytes, run, read } = await prepareOp(backend, op, inputs);
  const prepareMs = clock() - start;
  const bytes = arenaBytes + constantBytes(op);
  return {
    name,
    isComparable: false,
    kernel,
    bytes: { steady: bytes, peak: bytes },
    prepareMs,
    run,
    read: () => Promise.resolve(read()),
    dispose: () => Promise.resolve(),
  };
}

/** Bytes of the op's own weights and bias, which a model holds beside the packed ones. */
function constantBytes(op: object): number {
  const { weights, bias } = op as {
    readonly weights?: { readonly data: Uint8Array };
    readonly bias?: Int32Array;
  };
  return (weights?.data.byteLength ?? 0) + (bias?.byteLength ?? 0);
}

function countKernels(names: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, count]) => (count === 1 ? name : `${count} x ${name}`)).join(', ');
}
