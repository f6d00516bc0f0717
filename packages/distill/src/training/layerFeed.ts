import type * as tf from '@tensorflow/tfjs-core';
import type { KernelBackend } from '@bnfree/integer-kernels';
import { lengthOf, type ImageSequence } from '../data/imageSequence.js';
import type { FrozenUnit, ValueGrid } from '../layers/stages.js';
import { inputsOf, isUnit, type PlannedUnit, type StudentPlan } from '../plan/studentPlan.js';
import type { Teacher } from '../teacher/teacher.js';
import { range } from './imageIndices.js';
import { StudentFrontier, type OutputPart } from './studentFrontier.js';
import { tapOf } from '../plan/outputTaps.js';
import { TeacherFrontier } from './teacherFrontier.js';
import type { ValueBudget } from './valueBudget.js';

/**
 * A fixed set of images as it arrives at one unit of the plan: on the student's side the integers that the frozen units
 * before it make, on the teacher's side the clean float values. Moves on as units freeze, and keeps the values alone that
 * something ahead still takes.
 */
export class LayerFeed {
  readonly count: number;
  /** Where an image's values stand; null where that is its own position. */
  readonly #rows: Int32Array | null;
  readonly #student: StudentFrontier;
  readonly #teacher: TeacherFrontier;
  /** The unit that the feed stands before; undefined behind the last. */
  #unit: PlannedUnit | undefined;

  private constructor(
    private readonly plan: StudentPlan,
    images: Pick<LayerFeed, 'count'> & Pick<ImageSequence, 'rows'>,
    student: StudentFrontier,
    teacher: TeacherFrontier,
  ) {
    this.count = images.count;
    this.#rows = images.rows;
    this.#student = student;
    this.#teacher = teacher;
  }

  /** Opens a feed at the student's input and moves it to the first unit. Values of an image that comes again are there once. */
  static async open(
    teacher: Teacher,
    plan: StudentPlan,
    images: ImageSequence,
    backend: KernelBackend,
    budget: ValueBudget,
  ): Promise<LayerFeed> {
    const { pool, rows } = images;
    const student = new StudentFrontier(plan, pool, backend, budget);
    const clean = new TeacherFrontier(teacher, plan, pool, budget);
    const feed = new LayerFeed(plan, { count: lengthOf(images), rows }, student, clean);
    await student.advance(null);
    await feed.#standBefore(0);
    return feed;
  }

  /** Another feed at the same place, which moves on its own. */
  copy(): LayerFeed {
    const images = { count: this.count, rows: this.#rows };
    const feed = new LayerFeed(this.plan, images, this.#student.copy(), this.#teacher.copy());
    feed.#unit = this.#unit;
    return feed;
  }

  /** Grid of a student value that is held here. */
  gridOf(name: string): ValueGrid {
    return this.#student.grid(name);
  }

  /** Real values of a student value that is held here. The caller disposes them. */
  studentValue(name: string, indices: ArrayLike<number>): tf.Tensor {
    return this.#student.real(name, this.#rowsOf(indices));
  }

  /** Grid of the integers that the current layer receives. */
  get inputGrid(): ValueGrid {
    return this.inputGrids[0];
  }

  /** Grids of all values that the current unit receives. */
  get inputGrids(): ValueGrid[] {
    return this.#inputs.map((name) => this.#student.grid(name));
  }

  /** What the student's layer receives, as real values `[indices, ...shape]`. The caller disposes it. */
  studentInput(indices: ArrayLike<number>): tf.Tensor {
    return this.#student.real(this.#inputs[0], this.#rowsOf(indices));
  }

  /** What the teacher has where the student's layer receives {@link studentInput}. The caller disposes it. */
  cleanInput(indices: ArrayLike<number>): tf.Tensor {
    return this.teacherValues(indices, [tapOf(this.plan, this.#inputs[0])])[0];
  }

  /** Names of all student values that this unit or one behind it takes. */
  get liveNames(): string[] {
    return this.#student.names;
  }

  /** Real values of {@link liveNames}, in order. The caller disposes them. */
  liveValues(indices: ArrayLike<number>): tf.Tensor[] {
    return this.liveNames.map((name) => this.studentValue(name, indices));
  }

  /** Clean values of teacher nodes for the same images. The caller disposes them. */
  teacherValues(indices: ArrayLike<number>, names: readonly string[]): tf.Tensor[] {
    return this.#teacher.evaluate(this.#rowsOf(indices), names);
  }

  /** Runs a frozen unit and the structures behind it on all images, and moves to the next unit. */
  async advance(frozen: FrozenUnit, signal?: AbortSignal): Promise<void> {
    await this.#student.advance(frozen, signal);
    const position = this.plan.nodes.findIndex(({ name }) => name === frozen.plan.name);
    await this.#standBefore(position + 1, signal);
  }

  /**
   * Integers of the frozen unit alone, before any structure, for the first images: real values, part by part. The caller disposes
   * them.
   */
  frozenOutputs(frozen: FrozenUnit, count: number): AsyncGenerator<OutputPart> {
    const rows = this.#rowsOf(range(0, Math.min(count, this.count)));
    return this.#student.outputsOf(frozen, rows, this.#teacher.atOnce(Infinity));
  }

  async #standBefore(position: number, signal?: AbortSignal): Promise<void> {
    const next = this.plan.nodes.findIndex((node, index) => index >= position && isUnit(node));
    const node = this.plan.nodes[next];
    this.#unit = next >= 0 && isUnit(node) ? node : undefined;
    if (this.#unit !== undefined) await this.#teacher.moveTo(next, signal);
  }

  #rowsOf<Indices extends ArrayLike<number>>(indices: Indices): Indices | Int32Array {
    const rows = this.#rows;
    return rows === null ? indices : Int32Array.from(indices, (index) => rows[index]);
  }

  get #inputs(): readonly string[] {
    if (this.#unit === undefined) throw new RangeError('the feed stands behind the last unit');
    return inputsOf(this.#unit);
  }
}
