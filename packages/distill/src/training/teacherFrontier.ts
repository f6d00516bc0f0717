import * as tf from '@tensorflow/tfjs-core';
import type { ImagePool } from '../data/imagePool.js';
import { inputsOf, type StudentPlan } from '../plan/studentPlan.js';
import type { Teacher } from '../teacher/teacher.js';
import { chunksOf, gatherRows, range } from './imageIndices.js';
import { pixelsToReal } from './pixelsToReal.js';
import { yieldToEventLoop } from './yieldToEventLoop.js';

/** Float values of a teacher node for all images; null stands for the input, which is computed from pixels. */
interface TeacherValue {
  readonly shape: readonly number[];
  readonly values: Float32Array | null;
}

/**
 * The clean teacher at one place of the plan: the values on the border between what is made and what is still to come,
 * for all images. Whatever lies ahead is computed from them.
 */
export class TeacherFrontier {
  #values: ReadonlyMap<string, TeacherValue>;

  constructor(
    private readonly teacher: Teacher,
    private readonly plan: StudentPlan,
    private readonly pool: ImagePool,
  ) {
    this.#values = new Map([[plan.input.name, { shape: plan.input.shape, values: null }]]);
  }

  /** Clean values of teacher nodes ahead of the border, for some images. The caller disposes them. */
  evaluate(indices: ArrayLike<number>, names: readonly string[]): tf.Tensor[] {
    const feeds = new Map([...this.#values].map(([name, value]) => [name, this.#feed(value, indices)]));
    const values = this.teacher.evaluate(feeds, names);
    tf.dispose([...feeds.values()]);
    return names.map((name) => values.get(name) as tf.Tensor);
  }

  /** Moves the border directly before the plan's node at a position. */
  async moveTo(position: number, signal?: AbortSignal): Promise<void> {
    const border = borderAt(this.teacher, this.plan, position);
    const isNew = border.filter((name) => !this.#values.has(name));
    const shapeOf = new Map(this.teacher.nodes.map(({ name, shape }) => [name, shape]));
    const made = new Map(
      isNew.map((name) => {
        const shape = shapeOf.get(name) ?? [];
        const values = new Float32Array(this.pool.count * shape.reduce((a, b) => a * b, 1));
        return [name, { shape, values }];
      }),
    );
    if (isNew.length > 0) await this.#fill(made, signal);
    this.#values = new Map(
      border.map((name) => [name, made.get(name) ?? (this.#values.get(name) as TeacherValue)]),
    );
  }

  async #fill(
    made: ReadonlyMap<string, { readonly values: Float32Array }>,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    for (const { start, end } of chunksOf(this.pool.count)) {
      signal?.throwIfAborted();
      const tensors = this.evaluate(range(start, end), [...made.keys()]);
      for (const [index, { values }] of [...made.values()].entries()) {
        values.set(await tensors[index].data(), (values.length / this.pool.count) * start);
      }
      tf.dispose(tensors);
      await yieldToEventLoop();
    }
  }

  #feed({ shape, values }: TeacherValue, indices: ArrayLike<number>): tf.Tensor {
    if (values === null) return pixelsToReal(this.plan, this.pool.images, indices);
    const rows = gatherRows(values, indices, values.length / this.pool.count);
    return tf.tensor(rows, [indices.length, ...shape], 'float32');
  }
}

/** The teacher's value that a student value stands for. */
export function tapOf({ nodes }: StudentPlan, value: string): string {
  const node = nodes.find(({ name }) => name === value);
  return node === undefined || node.kind === 'structure' ? value : node.tap;
}

/**
 * Teacher values that the plan's nodes from a position on, and all that depends on them, take from before; and those that
 * the student's values there stand for, which may lie further back (in front of a padding).
 */
function borderAt(teacher: Teacher, plan: StudentPlan, position: number): string[] {
  const ahead = new Set(
    plan.nodes
      .slice(position)
      .flatMap((node) => (node.kind === 'structure' ? [node.name] : node.teacherNodes)),
  );
  const border = new Set<string>();
  for (const { name, inputs } of teacher.nodes) {
    if (inputs.some((input) => ahead.has(input))) ahead.add(name);
    if (!ahead.has(name)) continue;
    for (const input of inputs) if (!ahead.has(input)) border.add(input);
  }
  const taken = plan.nodes.slice(position).flatMap(inputsOf);
  // A function as teacher has nothing between its taps.
  const known = new Set(teacher.nodes.map(({ name }) => name));
  for (const tap of taken.map((value) => tapOf(plan, value))) {
    if (known.has(tap) && !ahead.has(tap)) border.add(tap);
  }
  return [...border];
}
