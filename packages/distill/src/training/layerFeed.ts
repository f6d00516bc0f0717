import * as tf from '@tensorflow/tfjs-core';
import { IntegerModel, type GraphNode } from '@bnfree/core';
import type { KernelBackend } from '@bnfree/integer-kernels';
import type { ImagePool } from '../data/imagePool.js';
import { inputGrid } from '../graph/inputGrid.js';
import { fromDyadic } from '../layers/dyadic.js';
import { integerizeStructure } from '../layers/integerizeStructure.js';
import type { FrozenLayer, ValueGrid } from '../layers/stages.js';
import type { PlannedLayer, PlannedStructure, StudentPlan } from '../plan/studentPlan.js';
import type { Teacher } from '../teacher/teacher.js';
import { yieldToEventLoop } from './yieldToEventLoop.js';

/** Stored integers of a student value for all images of a feed. */
interface StudentValue {
  readonly name: string;
  readonly grid: ValueGrid;
  readonly codes: Uint8Array | Int8Array | Int32Array;
}

/** Float values of a teacher node for all images of a feed; null stands for the input, which is computed from pixels. */
interface TeacherValue {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array | null;
}

const chunkSize = 64;

/**
 * A fixed set of images as it arrives at one layer: on the student's side the integers that the frozen prefix makes of
 * it (computed by the integer kernels), on the teacher's side the clean float values. Moves on as layers freeze, and
 * keeps one layer's values only.
 */
export class LayerFeed {
  readonly count: number;
  #student: StudentValue;
  #teacher: TeacherValue;

  private constructor(
    private readonly teacher: Teacher,
    private readonly plan: StudentPlan,
    private readonly pool: ImagePool,
    private readonly backend: KernelBackend,
    student: StudentValue,
    teacherInput: TeacherValue,
  ) {
    this.count = pool.count;
    this.#student = student;
    this.#teacher = teacherInput;
  }

  /** Opens a feed at the student's input and moves it to the first layer. */
  static async open(
    teacher: Teacher,
    plan: StudentPlan,
    pool: ImagePool,
    backend: KernelBackend,
  ): Promise<LayerFeed> {
    const feed = new LayerFeed(
      teacher,
      plan,
      pool,
      backend,
      { name: plan.input.name, grid: inputGrid(plan), codes: pool.images },
      { name: plan.input.name, shape: plan.input.shape, values: null },
    );
    await feed.#runStudent([], structuresAfter(plan, plan.input.name));
    await feed.#moveTeacher(firstLayer(plan));
    return feed;
  }

  /** Grid of the integers that the current layer receives. */
  get inputGrid(): ValueGrid {
    return this.#student.grid;
  }

  /** Name of the student value that the feed stands at. */
  get valueName(): string {
    return this.#student.name;
  }

  /** What the student's layer receives, as real values `[indices, ...shape]`. The caller disposes it. */
  studentInput(indices: ArrayLike<number>): tf.Tensor {
    const { codes, grid } = this.#student;
    const { zeroPoint, shape } = grid.tensor;
    const scale = fromDyadic(grid.scale);
    const real = gather(codes, indices, codes.length / this.count);
    for (let i = 0; i < real.length; i += 1) real[i] = (real[i] - zeroPoint) * scale;
    return tf.tensor(real, [indices.length, ...shape.slice(1)], 'float32');
  }

  /** Clean values of teacher nodes for the same images. The caller disposes them. */
  teacherValues(indices: ArrayLike<number>, names: readonly string[]): tf.Tensor[] {
    const feed = this.#teacherFeed(indices);
    const values = this.teacher.evaluate(new Map([[this.#teacher.name, feed]]), names);
    feed.dispose();
    return names.map((name) => values.get(name) as tf.Tensor);
  }

  /** Runs a frozen layer and the structures behind it on all images, and moves the teacher to the next layer. */
  async advance(frozen: FrozenLayer, signal?: AbortSignal): Promise<void> {
    await this.#runStudent(frozen.nodes, structuresAfter(this.plan, frozen.plan.name), frozen.output, signal);
    const next = layerAfter(this.plan, frozen.plan.name);
    if (next !== undefined) await this.#moveTeacher(next, signal);
  }

  /** Integers of the frozen layer alone, before any structure, for the given images: real values. */
  async frozenOutput(frozen: FrozenLayer, count: number): Promise<tf.Tensor> {
    const rows = Math.min(count, this.count);
    const rowLength = this.#student.codes.length / this.count;
    const codes = await this.#execute(
      frozen.nodes,
      frozen.plan.name,
      frozen.output,
      this.#student.codes.subarray(0, rows * rowLength),
      rows,
    );
    const { zeroPoint } = frozen.output.tensor;
    const scale = fromDyadic(frozen.output.scale);
    return tf.tensor(
      Float32Array.from(codes, (code) => (code - zeroPoint) * scale),
      [rows, ...frozen.plan.outputShape],
      'float32',
    );
  }

  async #runStudent(
    nodes: readonly GraphNode[],
    structures: readonly PlannedStructure[],
    output?: ValueGrid,
    signal?: AbortSignal,
  ): Promise<void> {
    let grid = output ?? this.#student.grid;
    const all = [...nodes];
    for (const structure of structures) {
      const integer = integerizeStructure(structure, grid);
      all.push(integer.node);
      grid = integer.output;
    }
    const last = all.at(-1);
    if (last === undefined) return;
    const codes = await this.#execute(all, last.name, grid, this.#student.codes, this.count, signal);
    this.#student = { name: last.name, grid, codes };
  }

  async #execute(
    nodes: readonly GraphNode[],
    value: string,
    grid: ValueGrid,
    codes: StudentValue['codes'],
    count: number,
    signal?: AbortSignal,
  ): Promise<StudentValue['codes']> {
    const { name, grid: input } = this.#student;
    const model = await IntegerModel.fromGraph(
      {
        name: value,
        inputs: [
          {
            name,
            tensor: { ...input.tensor, shape: [1, ...input.tensor.shape.slice(1)] },
            scale: input.scale,
          },
        ],
        nodes,
        outputs: [{ name: value, value, scale: grid.scale }],
        classes: [],
        metadata: {},
      },
      { backend: this.backend, batchSize: Math.min(chunkSize, count) },
    );
    try {
      const rowLength = codes.length / count;
      const outputLength = grid.tensor.shape.slice(1).reduce((a, b) => a * b, 1);
      const all = new (arrayOf(grid))(count * outputLength);
      for (let start = 0; start < count; start += chunkSize) {
        signal?.throwIfAborted();
        const end = Math.min(count, start + chunkSize);
        const { output } = await model.run(codes.subarray(start * rowLength, end * rowLength));
        all.set(output, start * outputLength);
        await yieldToEventLoop();
      }
      return all;
    } finally {
      await model.dispose();
    }
  }

  async #moveTeacher(layer: PlannedLayer, signal?: AbortSignal): Promise<void> {
    const node = this.teacher.nodes.find(({ name }) => name === layer.teacherNodes[0]);
    const name = node?.inputs[0];
    if (name === undefined) throw new RangeError(`teacher has no node "${layer.teacherNodes[0] ?? ''}"`);
    if (name === this.#teacher.name) return;
    const shape = this.teacher.nodes.find((candidate) => candidate.name === name)?.shape ?? layer.inputShape;
    const length = shape.reduce((a, b) => a * b, 1);
    const values = new Float32Array(this.count * length);
    for (let start = 0; start < this.count; start += chunkSize) {
      signal?.throwIfAborted();
      const indices = range(start, Math.min(this.count, start + chunkSize));
      const [tensor] = this.teacherValues(indices, [name]);
      values.set(await tensor.data(), start * length);
      tensor.dispose();
      await yieldToEventLoop();
    }
    this.#teacher = { name, shape, values };
  }

  #teacherFeed(indices: ArrayLike<number>): tf.Tensor {
    const { shape, values } = this.#teacher;
    if (values === null) return pixelsToReal(this.plan, this.pool.images, indices);
    return tf.tensor(
      gather(values, indices, values.length / this.count),
      [indices.length, ...shape],
      'float32',
    );
  }
}

/** Pixels of some images as the teacher takes them: `(pixel - zeroPoint) * scale`. */
export function pixelsToReal(
  { input }: StudentPlan,
  images: Uint8Array,
  indices: ArrayLike<number>,
): tf.Tensor {
  const length = input.shape.reduce((a, b) => a * b, 1);
  const real = gather(images, indices, length);
  const scale = input.scale.numerator / input.scale.denominator;
  for (let i = 0; i < real.length; i += 1) real[i] = (real[i] - input.zeroPoint) * scale;
  return tf.tensor(real, [indices.length, ...input.shape], 'float32');
}

/** `start .. end - 1`. */
export function range(start: number, end: number): Int32Array {
  return Int32Array.from({ length: end - start }, (_, i) => start + i);
}

function gather(
  source: Float32Array | StudentValue['codes'],
  indices: ArrayLike<number>,
  rowLength: number,
): Float32Array {
  const rows = new Float32Array(indices.length * rowLength);
  for (let row = 0; row < indices.length; row += 1) {
    const start = indices[row] * rowLength;
    rows.set(source.subarray(start, start + rowLength), row * rowLength);
  }
  return rows;
}

function arrayOf({
  tensor,
}: ValueGrid): Uint8ArrayConstructor | Int8ArrayConstructor | Int32ArrayConstructor {
  return { uint8: Uint8Array, int8: Int8Array, int32: Int32Array }[tensor.type];
}

function firstLayer(plan: StudentPlan): PlannedLayer {
  const layer = plan.nodes.find((node) => node.kind === 'layer');
  if (layer === undefined) throw new RangeError(`plan "${plan.name}" has no layer`);
  return layer;
}

function layerAfter(plan: StudentPlan, name: string): PlannedLayer | undefined {
  const index = plan.nodes.findIndex((node) => node.name === name);
  return plan.nodes.slice(index + 1).find((node) => node.kind === 'layer');
}

/** The structures between a value and the next layer, in order. */
export function structuresAfter(plan: StudentPlan, name: string): PlannedStructure[] {
  const start = plan.nodes.findIndex((node) => node.name === name) + 1;
  const following = plan.nodes.slice(start);
  const end = following.findIndex((node) => node.kind === 'layer');
  return (end < 0 ? following : following.slice(0, end)) as PlannedStructure[];
}
