import * as tf from '@tensorflow/tfjs-core';
import { IntegerModel, type IntegerGraph } from '@bnfree/core';
import type { ImagePool } from '../data/imagePool.js';
import { outputTaps } from '../plan/outputTaps.js';
import type { PreparedRun } from '../run/prepareRun.js';
import { range } from '../training/imageIndices.js';
import { inputRows, modelInputs, realInputs } from '../training/realInputs.js';
import { teacherImagesAtOnce } from '../training/valueBudget.js';
import { yieldToEventLoop } from '../training/yieldToEventLoop.js';
import type { Agreement } from './distillReport.js';

/** Runs teacher and student over the held-out images and counts where they agree in the largest value of the first output. */
export async function measureAgreement(
  graph: IntegerGraph,
  run: PreparedRun,
  signal?: AbortSignal,
): Promise<Agreement> {
  const pool = run.fitValidation;
  const chunkSize = teacherImagesAtOnce(run.teacher, run.budget);
  const model = await IntegerModel.fromGraph(graph, {
    backend: run.backend,
    batchSize: Math.min(chunkSize, pool.count),
  });
  const counts = { same: 0, student: 0, teacher: 0 };
  try {
    for (let start = 0; start < pool.count; start += chunkSize) {
      signal?.throwIfAborted();
      const end = Math.min(pool.count, start + chunkSize);
      const [student, teacher] = await firstClasses(model, run, pool, start, end);
      for (let i = 0; i < end - start; i += 1) {
        const label = pool.labels?.[start + i];
        if (student[i] === teacher[i]) counts.same += 1;
        if (student[i] === label) counts.student += 1;
        if (teacher[i] === label) counts.teacher += 1;
      }
      await yieldToEventLoop();
    }
  } finally {
    await model.dispose();
  }
  const percent = (count: number): number => (100 * count) / pool.count;
  const hasLabels = pool.labels !== null;
  return {
    images: pool.count,
    teacherAgreement: percent(counts.same),
    top1: hasLabels ? percent(counts.student) : null,
    teacherTop1: hasLabels ? percent(counts.teacher) : null,
  };
}

async function firstClasses(
  model: IntegerModel,
  { plan, teacher }: PreparedRun,
  pool: ImagePool,
  start: number,
  end: number,
): Promise<[ArrayLike<number>, ArrayLike<number>]> {
  const length = pool.images.length / pool.count;
  const rows = inputRows(plan, pool.images.subarray(start * length, end * length));
  const { ranking } = await model.run(modelInputs(rows));
  const inputs = realInputs(plan, pool.images, range(start, end));
  const [tap] = outputTaps(plan);
  const logits = teacher.evaluate(inputs, [tap]).get(tap) as tf.Tensor;
  const best = tf.tidy(() => tf.argMax(tf.reshape(logits, [end - start, -1]), 1));
  const classes = await best.data();
  tf.dispose([...inputs.values(), logits, best]);
  return [ranking.map((order) => order[0]), classes];
}
