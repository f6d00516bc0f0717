import * as tf from '@tensorflow/tfjs-core';
import { IntegerModel, type GraphNode } from '@bnfree/core';
import type { KernelBackend } from '@bnfree/integer-kernels';
import type { ImagePool } from '../data/imagePool.js';
import { inputGrid } from '../graph/inputGrid.js';
import { fromDyadic } from '../layers/dyadic.js';
import { integerizeStructure } from '../layers/integerizeStructure.js';
import type { FrozenUnit, ValueGrid } from '../layers/stages.js';
import { inputsOf, isUnit, type StudentPlan } from '../plan/studentPlan.js';
import { chunksOf, gatherRows } from './imageIndices.js';
import { inputRows } from './realInputs.js';
import { yieldToEventLoop } from './yieldToEventLoop.js';

type Codes = Uint8Array | Int8Array | Int32Array;

/** Stored integers of a student value for all images. */
interface StudentValue {
  readonly grid: ValueGrid;
  readonly codes: Codes;
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
    const frontier = new StudentFrontier(this.plan, this.pool, this.backend);
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

  /** Real values that a frozen unit makes of the first images. The caller disposes them. */
  async outputOf({ nodes, plan, output }: FrozenUnit, count: number): Promise<tf.Tensor> {
    const made = await this.#execute(nodes, new Map([[plan.name, output]]), count);
    return toReal(Float32Array.from(made[plan.name]), output, count);
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
    const made =
      isNew.length === 0 ? {} : await this.#execute(nodes, new Map(isNew), this.pool.count, signal);
    const kept = [...this.#values].filter(([name]) => needed.has(name));
    this.#values = new Map([
      ...kept,
      ...isNew.map(([name, grid]): [string, StudentValue] => [name, { grid, codes: made[name] }]),
    ]);
  }

  async #execute(
    nodes: readonly GraphNode[],
    outputs: ReadonlyMap<string, ValueGrid>,
    count: number,
    signal?: AbortSignal,
  ): Promise<Record<string, Codes>> {
    const taken = new Set(nodes.flatMap(({ inputs }) => inputs));
    const sources = [...this.#values].filter(([name]) => taken.has(name));
    const model = await this.#model(nodes, sources, outputs, count);
    try {
      const results = Object.fromEntries(
        [...outputs].map(([name, { tensor }]) => [
          name,
          new codeArrays[tensor.type](count * rowLength(tensor)),
        ]),
      );
      for (const { start, end } of chunksOf(count)) {
        signal?.throwIfAborted();
        const inputs = sources.map(([name, { codes }]): [string, Codes] => {
          const length = codes.length / this.pool.count;
          return [name, codes.subarray(start * length, end * length)];
        });
        const made = await model.run(inputs.length === 1 ? inputs[0][1] : Object.fromEntries(inputs));
        for (const [name, { tensor }] of outputs) {
          results[name].set(made.outputs[name], start * rowLength(tensor));
        }
        await yieldToEventLoop();
      }
      return results;
    } finally {
      await model.dispose();
    }
  }

  /** What lies between some values that are held and some that are wanted, as a model. */
  #model(
    nodes: readonly GraphNode[],
    sources: readonly (readonly [string, StudentValue])[],
    outputs: ReadonlyMap<string, ValueGrid>,
    count: number,
  ): Promise<IntegerModel> {
    const graph = {
      name: [...outputs.keys()].join('+'),
      inputs: sources.map(([name, { grid }]) => ({
        name,
        tensor: { ...grid.tensor, shape: [1, ...grid.tensor.shape.slice(1)] },
        scale: grid.scale,
      })),
      nodes: usedNodes(nodes, [...outputs.keys()]),
      outputs: [...outputs].map(([name, { scale }]) => ({ name, value: name, scale })),
      classes: [],
      metadata: {},
    };
    return IntegerModel.fromGraph(graph, { backend: this.backend, batchSize: Math.min(64, count) });
  }

  #value(name: string): StudentValue {
    const value = this.#values.get(name);
    if (value === undefined) throw new RangeError(`the student's value "${name}" is not held here`);
    return value;
  }
}

const codeArrays = { uint8: Uint8Array, int8: Int8Array, int32: Int32Array } as const;

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
