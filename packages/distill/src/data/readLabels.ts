import type { Issue } from '@bnfree/core';
import { type HostNumbers, readNumbers } from './readNumbers.js';
import { kindOf } from './readPixels.js';

/**
 * Reads labels, class indices or one-hot rows, as class indices.
 *
 * One-hot are `[n, classes]` tensors and nested arrays, and for a single image a vector; a column `[n, 1]` is indices.
 *
 * @param count of the images that the labels belong to; null when they could not be read
 * @param classes number of classes, where it is known
 * @returns indices, or issues DATA_KIND, LABELS_LENGTH, LABELS_RANGE, LABELS_ONE_HOT
 */
export async function readLabels(
  source: unknown,
  count: number | null,
  classes: number | undefined,
  path: string,
): Promise<Int32Array | Issue[]> {
  const numbers = await readNumbers(source);
  if (!numbers) {
    return [
      {
        code: 'DATA_KIND',
        path,
        message: `got ${kindOf(source)}, expected class indices or one-hot rows`,
        fix: 'labels: Int32Array.from(labels)',
      },
    ];
  }
  const width = oneHotWidth(numbers, count, classes);
  if (count !== null && numbers.values.length !== count * width) {
    const rows = numbers.values.length / width;
    return [
      {
        code: 'LABELS_LENGTH',
        path,
        message: `got ${Number.isInteger(rows) ? rows : numbers.values.length} labels, expected ${count}, one for each image`,
        fix: rows > count ? `labels.slice(0, ${count})` : 'leave labels out, or give one for each image',
      },
    ];
  }
  return width === 1
    ? readIndices(numbers.values, classes, path)
    : readOneHot(numbers.values, width, classes, path);
}

/** Columns of one-hot rows; 1 for indices. */
function oneHotWidth(
  { values, shape }: HostNumbers,
  count: number | null,
  classes: number | undefined,
): number {
  if (shape && shape.length > 1) return Math.max(1, shape.at(-1) ?? 1);
  if (values.length === count) return 1;
  if (count === 1 && values.length > 1) return values.length;
  return classes !== undefined && count !== null && values.length === count * classes ? classes : 1;
}

function readIndices(
  values: ArrayLike<number>,
  classes: number | undefined,
  path: string,
): Int32Array | Issue[] {
  const limit = classes ?? 2 ** 31;
  const first = Array.prototype.findIndex.call(
    values,
    (value: number) => !(Number.isInteger(value) && value >= 0 && value < limit),
  );
  if (first < 0) return Int32Array.from(values);
  const label = values[first];
  return [
    {
      code: 'LABELS_RANGE',
      path: `${path}[${first}]`,
      message: `got ${label}, expected a class index from 0${classes === undefined ? '' : ` to ${classes - 1}`}`,
      fix:
        classes !== undefined && label === classes
          ? 'number the classes from 0: labels.map((label) => label - 1)'
          : 'labels: class indices that count from 0, in the order of the outputs of the teacher',
    },
  ];
}

function readOneHot(
  values: ArrayLike<number>,
  width: number,
  classes: number | undefined,
  path: string,
): Int32Array | Issue[] {
  if (classes !== undefined && width !== classes) {
    return [
      {
        code: 'LABELS_RANGE',
        path,
        message: `got one-hot rows of ${width} classes, expected ${classes}`,
        fix: `tf.oneHot(classIndices, ${classes}), or the class indices themselves`,
      },
    ];
  }
  const labels = new Int32Array(values.length / width);
  for (let row = 0; row < labels.length; row++) {
    let hot = -1;
    for (let column = 0; column < width; column++) {
      const value = values[row * width + column];
      if (value === 0) continue;
      if (value !== 1 || hot >= 0) return [oneHotIssue(`${path}[${row}]`)];
      hot = column;
    }
    if (hot < 0) return [oneHotIssue(`${path}[${row}]`)];
    labels[row] = hot;
  }
  return labels;
}

function oneHotIssue(path: string): Issue {
  return {
    code: 'LABELS_ONE_HOT',
    path,
    message: 'got a row that is not one 1 among zeros, expected one class for each image',
    fix: 'labels.argMax(-1)',
  };
}
