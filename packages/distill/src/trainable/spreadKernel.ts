import * as tf from '@tensorflow/tfjs-core';

/**
 * A kernel `[height, width, ...]` with zeros between its entries, which convolves as a dilated one does.
 *
 * No tfjs backend has gradients of dilated convolutions; those of this one are its own.
 */
export function spreadKernel(kernel: tf.Tensor, [rows, columns]: readonly [number, number]): tf.Tensor {
  if (rows === 1 && columns === 1) return kernel;
  const [height, width, ...rest] = kernel.shape;
  const depth = rest.reduce((a, b) => a * b, 1);
  const tall = spread(tf.reshape(kernel, [1, height, width * depth]), rows);
  const tallHeight = (height - 1) * rows + 1;
  const wide = spread(tf.reshape(tall, [tallHeight, width, depth]), columns);
  return tf.reshape(wide, [tallHeight, (width - 1) * columns + 1, ...rest]);
}

/** Puts `step - 1` zeros between the entries of the middle axis. */
function spread(values: tf.Tensor, step: number): tf.Tensor {
  if (step === 1) return values;
  const [outer, length, inner] = values.shape as [number, number, number];
  const zeros = tf.zeros([outer, length, (step - 1) * inner]);
  const spaced = tf.reshape(tf.concat([values, zeros], 2), [outer, length * step, inner]);
  return tf.slice(spaced, [0, 0, 0], [outer, (length - 1) * step + 1, inner]);
}
