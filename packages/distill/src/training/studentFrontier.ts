import * as tf from '@tensorflow/tfjs-core';
import { IntegerModel, type GraphNode } from '@bnfree/core';
import type { KernelBackend } from '@bnfree/integer-kernels';
import type { ImagePool } from '../data/imagePool.js';
import { inputGrid } from '../graph/inputGrid.js';
import { fromDyadic } from '../layers/dyadic.js';
import { integerizeStructure } from '../layers/integerizeStructure.js';
import type { FrozenUnit, ValueGrid } from '../layers/stages.js';
import { inputsOf, isUnit, type StudentPlan } from '../plan/studentPlan.js';
import { chunksOf, gatherRows, range } from './imageIndices.js';
import { inputRows } from './realInputs.js';
import { imagesAtOnce, largestBytes, type ValueBudget } from './valueBudget.js';
import { yieldToEventLoop } from './yieldToEventLoop.js';

type Codes = Uint8Array | Int8Array | Int32Array;

/** Stored integers of a student value for all images. */
interface StudentValue {
  readonly grid: ValueGrid;
  readonly codes: Codes;
}

/** Real values of images, those at `start .. end - 1` of the ones that were asked for. */
export interface OutputPart {
  readonly start: number;
  readonly end: number;
  readonly values: tf.Tensor;
}

/** Some nodes as a model that takes values which are held. */
interface OpenedNodes {
  readonly model: IntegerModel;
  readonly sources: readonly (readonly [string, StudentValue])[];
  /** Images of a call. */
  readonly atOnce: number;
}

/**
 * The frozen student at one place of the plan: the integers of every value that a node from there on takes, for all images,
 * computed by the integer kernels.
 */
export class StudentFrontier {
  #values: ReadonlyMap<string, StudentValue>;

  constructor(
    private readonly plan: StudentPlan,
    private readonly pool: ImagePool,
    private readonly backend: KernelBackend,
    private readonly budget: ValueBudget,
  ) {
    const rows = inputRows(plan, pool.images);
    this.#values = new Map(
      plan.inputs.map((input) => [
        input.name,
        { grid: inputGrid(input), codes: rows.get(input.name) as Uint8Array },
      ]),
    );
  }

  /** Another frontier at the same place. */
  copy(): StudentFrontier {
    const frontier = new StudentFrontier(this.plan, this.pool, this.backend, this.budget);
    frontier.#values = this.#values;
    return frontier;
  }

  /** Names of all values that are held. */
  get names(): string[] {
    return [...this.#values.keys()];
  }

  grid(name: string): ValueGrid {
    return this.#value(name).grid;
  }

  /** Real values `[indices, ...shape]` of some images. The caller disposes them. */
  real(name: string, indices: ArrayLike<number>): tf.Tensor {
    const { codes, grid } = this.#value(name);
    return toReal(gatherRows(codes, indices, codes.length / this.pool.count), grid, indices.length);
  }

  /**
   * Real values that a frozen unit makes of some images, `atOnce` at a time. The caller disposes them.
   */
  async *outputsOf(
    { nodes, plan, output }: FrozenUnit,
    indices: Int32Array,
    atOnce: number,
  ): AsyncGenerator<OutputPart> {
    const outputs = new Map([[plan.name, output]]);
    const prefix = await this.#open(nodes, outputs, indices.length);
    try {
      for (const part of chunksOf(indices.length, atOnce)) {
        const made = await this.#execute(prefix, outputs, indices.subarray(part.start, part.end));
        const values = Float32Array.from(made[plan.name]);
        yield { ...part, values: toReal(values, output, part.end - part.start) };
      }
    } finally {
      await prefix.model.dispose();
    }
  }

  /** Runs a frozen unit, if any, and the structures behind it, up to the next unit of the plan. */
  async advance(frozen: FrozenUnit | null, signal?: AbortSignal): Promise<void> {
    const { nodes: all } = this.plan;
    const start = frozen === null ? 0 : all.findIndex(({ name }) => name === frozen.plan.name) + 1;
    const next = all.findIndex((node, position) => position >= start && isUnit(node));
    const end = next < 0 ? all.length : next;
    const nodes = [...(frozen?.nodes ?? [])];
    const grids = new Map([...this.#values].map(([name, { grid }]) => [name, grid]));
    if (frozen !== null) grids.set(frozen.plan.name, frozen.output);
    for (const node of all.slice(start, end)) {
      if (isUnit(node)) continue;
      const structure = integerizeStructure(node, grids.get(node.input) as ValueGrid);
      nodes.push(structure.node);
      grids.set(node.name, structure.output);
    }
    // Outputs stay to the end: tandem passes look at all of them.
    const needed = new Set([...all.slice(end).flatMap(inputsOf), ...this.plan.outputs]);
    const isNew = [...grids].filter(([name]) => needed.has(name) && !this.#values.has(name));
    const made = isNew.length === 0 ? {} : await this.#make(nodes, new Map(isNew), signal);
    const kept = [...this.#values].filter(([name]) => needed.has(name));
    this.#values = new Map([
      ...kept,
      ...isNew.map(([name, grid]): [string, StudentValue] => [name, { grid, codes: made[name] }]),
    ]);
  }

  /** Values of all images. */
  async #make(
    nodes: readonly GraphNode[],
    outputs: ReadonlyMap<string, ValueGrid>,
    signal: AbortSignal | undefined,
  ): Promise<Record<string, Codes>> {
    const { count } = this.pool;
    const opened = await this.#open(nodes, outputs, count);
    try {
      return await this.#execute(opened, outputs, range(0, count), signal);
    } finally {
      await opened.model.dispose();
    }
  }

  async #execute(
    { model, sources, atOnce }: OpenedNodes,
    outputs: ReadonlyMap<string, ValueGrid>,
    indices: Int32Array,
    signal?: AbortSignal,
  ): Promise<Record<string, Codes>> {
    const results = Object.fromEntries(
      [...outputs].map(([name, { tensor }]) => [
        name,
        new codeArrays[tensor.type](indices.length * rowLength(tensor)),
      ]),
    );
    for (const { start, end } of chunksOf(indices.length, atOnce)) {
      signal?.throwIfAborted();
      const inputs = sources.map(([name, { codes }]): [string, Codes] => [
        name,
        gatherCodes(codes, indices.subarray(start, end), codes.length / this.pool.count),
      ]);
      const made = await model.run(inputs.length === 1 ? inputs[0][1] : Object.fromEntries(inputs));
      for (const [name, { tensor }] of outputs) {
        results[name].set(made.outputs[name], start * rowLength(tensor));
      }
      await yieldToEventLoop();
    }
    return results;
  }

  /** What lies between some values that are held and some that are wanted, as a model for `count` images. */
  async #open(
    nodes: readonly GraphNode[],
    outputs: ReadonlyMap<string, ValueGrid>,
    count: number,
  ): Promise<OpenedNodes> {
    const taken = new Set(nodes.flatMap(({ inputs }) => inputs));
    const sources = [...this.#values].filter(([name]) => taken.has(name));
    const used = usedNodes(nodes, [...outputs.keys()]);
    const tensors = [...sources.map(([, { grid }]) => grid.tensor), ...used.map(({ op }) => op.output)];
    const shapes = tensors.map(({ shape }) => shape.slice(1));
    const atOnce = Math.min(count, imagesAtOnce(largestBytes(shapes, 1), this.budget));
    const graph = {
      name: [...outputs.keys()].join('+'),
      inputs: sources.map(([name, { grid }]) => ({
        name,
        tensor: { ...grid.tensor, shape: [1, ...grid.tensor.shape.slice(1)] },
        scale: grid.scale,
      })),
      nodes: used,
      outputs: [...outputs].map(([name, { scale }]) => ({ name, value: name, scale })),
      classes: [],
      metadata: {},
    };
    const model = await IntegerModel.fromGraph(graph, { backend: this.backend, batchSize: atOnce });
    return { model, sources, atOnce };
  }

  #value(name: string): StudentValue {
    const value = this.#values.get(name);
    if (value === undefined) throw new RangeError(`the student's value "${name}" is not held here`);
    return value;
  }
}

const codeArrays = { uint8: Uint8Array, int8: Int8Array, int32: Int32Array } as const;

/** The rows of some images. */
function gatherCodes(codes: Codes, indices: Int32Array, length: number): Codes {
  const rows = new (codes.constructor as new (length: number) => Codes)(indices.length * length);
  indices.forEach((index, row) => {
    rows.set(codes.subarray(index * length, (index + 1) * length), row * length);
  });
  return rows;
}

function rowLength({ shape }: ValueGrid['tensor']): number {
  return shape.slice(1).reduce((a, b) => a * b, 1);
}

function toReal(values: Float32Array, { tensor, scale }: ValueGrid, count: number): tf.Tensor {
  const factor = fromDyadic(scale);
  const real = values.map((code) => (code - tensor.zeroPoint) * factor);
  return tf.tensor(real, [count, ...tensor.shape.slice(1)], 'float32');
}

/** Nodes that the outputs depend on. */
function usedNodes(nodes: readonly GraphNode[], outputs: readonly string[]): GraphNode[] {
  const used = new Set(outputs);
  for (const { name, inputs } of [...nodes].reverse()) {
    if (used.has(name)) for (const input of inputs) used.add(input);
  }
  return nodes.filter(({ name }) => used.has(name));
}
