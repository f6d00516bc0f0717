import {
  throwIfIssues,
  type Arena,
  type Issue,
  type KernelBackend,
  type KernelCall,
} from '@bnfree/integer-kernels';
import type { IntegerGraph } from '../graph/integerGraph.js';
import { denseByteLength } from '../graph/tensorSize.js';
import { readTensor, writeTensor } from '../memory/copyTensor.js';
import { fillHalo } from '../memory/fillHalo.js';
import { planMemory, type MemoryPlan, type PlannedStep, type PlannedValue } from '../memory/planMemory.js';

/** A step of the plan, prepared. */
export interface PreparedStep {
  readonly name: string;
  /** Absent where the output is the input's memory. */
  readonly call: KernelCall | undefined;
}

/** A graph in memory, ready to run one chunk of `plan.batchSize` images at a time. */
export interface Execution {
  readonly plan: MemoryPlan;
  readonly arena: Arena;
  /** Those of the plan. */
  readonly steps: readonly PreparedStep[];
  /** All of them, in order. */
  readonly sequence: KernelCall;
  readonly inputs: readonly PlannedValue[];
  readonly outputs: readonly PlannedValue[];
}

/**
 * Plans memory, allocates it once, and prepares every op.
 * @throws BnfreeError BACKEND_OP_MISSING with all ops that the backend lacks, MEMORY_LIMIT, GRAPH_BATCH
 */
export async function prepareExecution(
  graph: IntegerGraph,
  backend: KernelBackend,
  batchSize: number,
  reuse = true,
): Promise<Execution> {
  assertOps(graph.nodes, backend);
  const plan = planMemory(graph, { backend, batchSize, reuse });
  assertOps(plan.steps, backend);
  const arena = await backend.allocate(plan.report.arenaBytes);
  const steps = await prepareSteps(plan, arena, backend);
  // After preparing, because warming up a kernel may write into memory that others share.
  for (const index of plan.haloFills) fillValue(plan, arena, index);
  return {
    plan,
    arena,
    steps,
    sequence: sequenceOf(
      steps.flatMap(({ call }) => call ?? []),
      backend,
    ),
    inputs: graph.inputs.map(({ name }) => valueNamed(plan, name)),
    outputs: graph.outputs.map(({ value }) => valueNamed(plan, value)),
  };
}

function sequenceOf(calls: readonly KernelCall[], backend: KernelBackend): KernelCall {
  if (backend.sequence !== undefined) return backend.sequence(calls);
  const run = async (): Promise<void> => {
    for (const call of calls) await call.run();
  };
  const kernel = 'sequence';
  if (!calls.every((call) => 'runSync' in call)) return { kernel, run };
  const runSync = (): void => {
    for (const call of calls) call.runSync?.();
  };
  return { kernel, run, runSync };
}

/** Prepares every step that runs at all; together where the backend can share what they have in common. */
async function prepareSteps(
  { steps }: MemoryPlan,
  arena: Arena,
  backend: KernelBackend,
): Promise<PreparedStep[]> {
  const placed = steps
    .filter(({ isAlias }) => !isAlias)
    .map(({ name, op, inputs, output, constantsOffset, scratchOffset }) => ({
      name,
      op,
      views: { arena, inputs, output, constantsOffset, scratchOffset },
    }));
  const calls = (await backend.prepareAll?.(placed)) ?? [];
  if (backend.prepareAll === undefined) {
    for (const { op, views } of placed) calls.push(await backend.prepare(op, views));
  }
  const remaining = calls.values();
  return steps.map(({ name, isAlias }) => ({ name, call: isAlias ? undefined : remaining.next().value }));
}

/** Writes one chunk of dense images into memory; a short chunk is padded with its last image. */
export function writeChunk(
  { plan, arena, inputs }: Execution,
  tensors: readonly Uint8Array[],
  first: number,
  count: number,
): void {
  inputs.forEach(({ tensor, view }, position) => {
    const imageBytes = denseByteLength(tensor) / plan.batchSize;
    const given = tensors[position] ?? new Uint8Array(0);
    const chunk = given.subarray(first * imageBytes, (first + count) * imageBytes);
    writeTensor(arena.bytes, tensor, view, padChunk(chunk, imageBytes, plan.batchSize));
  });
}

/** Reads the first `count` images of every output into dense arrays. */
export function readChunk(
  { plan, arena, outputs }: Execution,
  results: readonly Uint8Array[],
  first: number,
  count: number,
): void {
  outputs.forEach(({ tensor, view }, position) => {
    const imageBytes = denseByteLength(tensor) / plan.batchSize;
    const target = results[position].subarray(first * imageBytes, (first + count) * imageBytes);
    if (count === plan.batchSize) {
      readTensor(arena.bytes, tensor, view, target);
      return;
    }
    const whole = new Uint8Array(denseByteLength(tensor));
    readTensor(arena.bytes, tensor, view, whole);
    target.set(whole.subarray(0, target.length));
  });
}

function padChunk(chunk: Uint8Array, imageBytes: number, batchSize: number): Uint8Array {
  if (chunk.length === imageBytes * batchSize) return chunk;
  const padded = new Uint8Array(imageBytes * batchSize);
  padded.set(chunk);
  for (let at = chunk.length; at < padded.length; at += imageBytes) {
    padded.copyWithin(at, chunk.length - imageBytes, chunk.length);
  }
  return padded;
}

function fillValue(plan: MemoryPlan, arena: Arena, index: number): void {
  const value = plan.values[index];
  if (value.haloValue === null) return;
  fillHalo(arena.bytes, value.tensor, value.view, value.haloValue);
}

function valueNamed(plan: MemoryPlan, name: string): PlannedValue {
  return plan.values[plan.valueIndex.get(name) ?? -1];
}

function assertOps(steps: readonly Pick<PlannedStep, 'name' | 'op'>[], backend: KernelBackend): void {
  throwIfIssues(
    steps
      .filter(({ op }) => !backend.ops.has(op.op))
      .map(({ name, op }): Issue => ({
        code: 'BACKEND_OP_MISSING',
        path: name,
        message: `the backend ${backend.name} has no kernel for ${op.op}`,
        fix: 'use typescriptBackend(), fastTypescriptBackend() or wasmBackend(), which have every op',
      })),
  );
}
