import { IntegerModel, type IntegerGraph } from '@bnfree/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Crops } from './photographs.js';

/** How near an integer student is to its teacher on images that nothing was chosen by. */
export interface Comparison {
  readonly images: number;
  /** Percent of images on which both put the same class first. */
  readonly agreement: number;
  /** `10 log10(sum teacher^2 / sum (teacher - student)^2)` over all logits, each image's mean taken out: softmax ignores it. */
  readonly logitsSqnrDb: number;
}

/** Compares logits of the student, in real numbers, with those of a teacher. */
export async function compareWithTeacher(
  graph: IntegerGraph,
  { count, pixels }: Crops,
  teacherLogits: (pixels: tf.Tensor4D) => tf.Tensor,
): Promise<Comparison> {
  const model = await IntegerModel.fromGraph(graph);
  const { multiplier, shift } = graph.outputs[0].scale;
  const [, height, width, channels] = graph.inputs[0].tensor.shape;
  const length = height * width * channels;
  const sums = { same: 0, signal: 0, noise: 0 };
  for (let image = 0; image < count; image += 1) {
    const own = pixels.subarray(image * length, (image + 1) * length);
    const { output } = await model.run(own);
    const student = centered(Float64Array.from(output, (sum: number) => (sum * multiplier) / 2 ** shift));
    const logits = tf.tidy(() =>
      teacherLogits(tf.tensor4d(Float32Array.from(own), [1, height, width, channels])),
    );
    const teacher = centered(Float64Array.from(await logits.data()));
    logits.dispose();
    if (indexOfLargest(student) === indexOfLargest(teacher)) sums.same += 1;
    teacher.forEach((value, i) => {
      sums.signal += value ** 2;
      sums.noise += (value - student[i]) ** 2;
    });
  }
  await model.dispose();
  return {
    images: count,
    agreement: (100 * sums.same) / count,
    logitsSqnrDb: 10 * Math.log10(sums.signal / sums.noise),
  };
}

function centered(values: Float64Array): Float64Array {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return values.map((value) => value - mean);
}

function indexOfLargest(values: Float64Array): number {
  return values.indexOf(Math.max(...values));
}
