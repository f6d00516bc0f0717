import * as tf from '@tensorflow/tfjs-core';
import type { ImagePool } from '../data/imagePool.js';
import { inputsOf, type StudentPlan } from '../plan/studentPlan.js';
import type { Teacher } from '../teacher/teacher.js';
import { chunksOf, gatherRows, range } from './imageIndices.js';
import { tapOf } from '../plan/outputTaps.js';
import { realInputs } from './realInputs.js';
import { sizeOf, teacherImagesAtOnce, type ValueBudget } from './valueBudget.js';
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
    private readonly budget: ValueBudget,
  ) {
    this.#values = new Map(plan.inputs.map(({ name, shape }) => [name, { shape, values: null }]));
  }

  /** Another frontier at the same place. */
  copy(): TeacherFrontier {
    const frontier = new TeacherFrontier(this.teacher, this.plan, this.pool, this.budget);
    frontier.#values = this.#values;
    return frontier;
  }

  /** How many images' values to compute at once. */
  atOnce(most?: number): number {
    return teacherImagesAtOnce(this.teacher, this.budget, most);
  }

  /** Clean values of teacher nodes ahead of the border, for some images. The caller disposes them. */
  evaluate(indices: ArrayLike<number>, names: readonly string[]): tf.Tensor[] {
    const feeds = this.#feeds(indices);
    const values = this.teacher.evaluate(feeds, names);
    tf.dispose([...feeds.values()]);
    return names.map((name) => values.get(name) as tf.Tensor);
  }

  /**
   * Moves the border directly before the plan's node at a position. Where its values are too many bytes to wait there, it stays
   * further back, from where the same values are computed each time.
   */
  async moveTo(position: number, signal?: AbortSignal): Promise<void> {
    const border = borderAt(this.teacher, this.plan, position);
    const shapeOf = new Map(this.teacher.nodes.map(({ name, shape }) => [name, shape]));
    const size = (name: string): number =>
      this.#values.get(name)?.values === null ? 0 : this.pool.count * sizeOf(shapeOf.get(name) ?? []);
    if (4 * border.reduce((sum, name) => sum + size(name), 0) > this.budget.waiting) return;
    const isNew = border.filter((name) => !this.#values.has(name));
    const made = new Map(
      isNew.map((name) => [name, { shape: shapeOf.get(name) ?? [], values: new Float32Array(size(name)) }]),
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
    for (const { start, end } of chunksOf(this.pool.count, this.atOnce())) {
      signal?.throwIfAborted();
      const tensors = this.evaluate(range(start, end), [...made.keys()]);
      for (const [index, { values }] of [...made.values()].entries()) {
        values.set(await tensors[index].data(), (values.length / this.pool.count) * start);
      }
      tf.dispose(tensors);
      await yieldToEventLoop();
    }
  }

  #feeds(indices: ArrayLike<number>): Map<string, tf.Tensor> {
    const held = [...this.#values];
    const takesInputs = held.some(([, { values }]) => values === null);
    const inputs = takesInputs
      ? realInputs(this.plan, this.pool.images, indices)
      : new Map<string, tf.Tensor>();
    const feeds = new Map<string, tf.Tensor>();
    for (const [name, { shape, values }] of held) {
      if (values === null) feeds.set(name, inputs.get(name) as tf.Tensor);
      else {
        const rows = gatherRows(values, indices, values.length / this.pool.count);
        feeds.set(name, tf.tensor(rows, [indices.length, ...shape], 'float32'));
      }
    }
    for (const [name, tensor] of inputs) if (!feeds.has(name)) tensor.dispose();
    return feeds;
  }
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
  // Outputs that are made already are still compared with.
  const taken = [...plan.nodes.slice(position).flatMap(inputsOf), ...plan.outputs];
  // A function as teacher has nothing between its taps.
  const known = new Set(teacher.nodes.map(({ name }) => name));
  for (const tap of taken.map((value) => tapOf(plan, value))) {
    if (known.has(tap) && !ahead.has(tap)) border.add(tap);
  }
  return [...border];
}
