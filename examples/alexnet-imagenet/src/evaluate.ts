import { BnfreeError, IntegerModel } from '@bnfree/core';
import { type BackendName, startBackend } from '@bnfree/example-train-teacher';
import { type DecoderName, imageBatches } from '@bnfree/models-alexnet/images';
import { tensor, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { classScores, type Hits } from './classScores.js';
import type { CommandContext } from './commandContext.js';
import { openImageSource } from './openImageSource.js';
import { type NamedTeacher, readTeacher } from './teacherFolder.js';

export interface EvaluateFlags {
  readonly images: readonly string[];
  readonly labels?: string;
  readonly teacher: string;
  readonly model?: string;
  readonly batch: number;
  readonly backend: BackendName;
  readonly workers?: number;
  readonly decoder: DecoderName;
}

/** How teacher and student do on images of the middle. */
export interface EvaluateResult {
  readonly images: number;
  readonly damaged: readonly string[];
  readonly teacher: Hits;
  /** Null without `--model`. */
  readonly student: Hits | null;
  /** Images that both put into the same class; null without `--model`. */
  readonly agreement: number | null;
  readonly perClass: readonly {
    readonly name: string;
    readonly teacher: Hits;
    readonly student: Hits | null;
  }[];
  readonly seconds: number;
}

/** Counts top-1 and top-5 hits of the teacher and, where there is one, of an integer model of it. */
export async function evaluate(
  flags: EvaluateFlags,
  { signal, progress }: CommandContext,
): Promise<EvaluateResult> {
  const startMs = performance.now();
  await startBackend(flags.backend);
  const named = await readTeacher(flags.teacher);
  const { model: teacher, classes, size } = named;
  const labels = flags.labels === undefined ? {} : { labels: flags.labels };
  const set = await openImageSource('--images', flags.images, { classes, ...labels });
  const student = flags.model === undefined ? null : await IntegerModel.load(flags.model);
  const scores = { teacher: classScores(classes.length), student: classScores(classes.length) };
  const batches = imageBatches(set, {
    ...{ size, batchSize: flags.batch, signal, decoder: flags.decoder },
    ...(flags.workers === undefined ? {} : { workers: flags.workers }),
  });
  let [agreement, done] = [0, 0];
  for await (const { images, labels: own, count } of batches) {
    if (count === 0 || own === null) continue;
    const expected = scores.teacher.add(await teacherLogits(named, images, [count, size, size, 3]), own);
    if (student !== null) {
      const { output } = await student.run(images);
      if (output.length !== count * classes.length)
        throw otherClasses(flags.model, output.length / count, classes);
      const found = scores.student.add(output, own);
      agreement += found.filter((first, at) => first === expected[at]).length;
    }
    done += count;
    const { top1 } = scores.teacher.all;
    progress.write(`${done} of ${set.count} images, teacher ${((100 * top1) / done).toFixed(2)} % top-1\n`);
  }
  await student?.dispose();
  teacher.dispose();
  return {
    images: done,
    damaged: [...set.damaged, ...batches.damaged].map(({ name, reason }) => `${name}: ${reason}`),
    teacher: scores.teacher.all,
    student: student && scores.student.all,
    agreement: student && agreement,
    perClass: classes.map((name, index) => ({
      name,
      teacher: scores.teacher.classes[index],
      student: student && scores.student.classes[index],
    })),
    seconds: (performance.now() - startMs) / 1000,
  };
}

async function teacherLogits(
  { model, input: { zeroPoint, scale } }: NamedTeacher,
  images: Uint8Array,
  shape: number[],
): Promise<ArrayLike<number>> {
  const logits = tidy(() => {
    const real = Float32Array.from(
      images,
      (pixel) => ((pixel - zeroPoint) * scale.numerator) / scale.denominator,
    );
    return model.predict(tensor(real, shape)) as Tensor;
  });
  const values = await logits.data();
  logits.dispose();
  return values;
}

function otherClasses(path = '', got: number, classes: readonly string[]): BnfreeError {
  const message = `got ${got} classes, expected ${classes.length} as the teacher has`;
  return new BnfreeError([
    {
      code: 'INVALID_FLAG',
      path: `--model ${path}`,
      message,
      fix: 'give the model that distil made of this teacher',
    },
  ]);
}
