import { type Issue, throwIfIssues } from '@bnfree/core';
import type { ImageEntry, ImageSet, LabelOptions } from './imageSet.js';
import { readLabelFile } from './readLabelFile.js';

/** What an image says of its class. */
export interface LabelText {
  readonly text: string;
  /** Whether it may be an index of the classes, rather than a name. */
  readonly mayBeIndex: boolean;
}

/** An image and what stands beside it. */
export interface UnlabeledImage {
  readonly entry: ImageEntry;
  /** Path below the folder or in the shard: by it a file of labels names the image. */
  readonly path: string;
  readonly label: LabelText | null;
}

/**
 * Turns the labels of images into indices.
 *
 * @param source names the set in messages
 * @throws BnfreeError LABEL_MISSING, LABEL_UNKNOWN, LABELS_RANGE: all at once; what `readLabelFile` throws
 */
export async function assignLabels(
  images: readonly UnlabeledImage[],
  { labels: file, classes: given }: LabelOptions,
  source: string,
): Promise<Pick<ImageSet, 'classes' | 'labels'>> {
  if (file === false) return { classes: given ?? [], labels: null };
  const texts = file === undefined ? images.map(({ label }) => label) : await textsOf(images, file);
  const classes = given ?? classesOf(texts);
  const indexOf = new Map(classes.map((name, index) => [name, index]));
  const labels = new Int32Array(images.length);
  const wrong = { LABEL_MISSING: [], LABEL_UNKNOWN: [], LABELS_RANGE: [] } as Record<LabelCode, string[]>;
  texts.forEach((label, index) => {
    const found = labelIndex(label, indexOf);
    if (typeof found === 'number') labels[index] = found;
    else wrong[found].push(`${images[index].entry.name}${label === null ? '' : ` (${label.text})`}`);
  });
  throwIfIssues(labelIssues(wrong, classes, file ?? source));
  return { classes, labels };
}

type LabelCode = 'LABEL_MISSING' | 'LABEL_UNKNOWN' | 'LABELS_RANGE';

const indexText = /^\d{1,9}$/;

function labelIndex(label: LabelText | null, indexOf: ReadonlyMap<string, number>): number | LabelCode {
  if (label === null) return 'LABEL_MISSING';
  const named = indexOf.get(label.text);
  if (named !== undefined) return named;
  if (!label.mayBeIndex || !indexText.test(label.text)) return 'LABEL_UNKNOWN';
  const index = Number(label.text);
  return index < indexOf.size ? index : 'LABELS_RANGE';
}

async function textsOf(images: readonly UnlabeledImage[], file: string): Promise<(LabelText | null)[]> {
  const byName = await readLabelFile(file);
  return images.map(({ path }) => {
    const base = path.slice(path.lastIndexOf('/') + 1);
    const stem = base.replace(/\.[^.]*$/, '');
    const text = byName.get(path) ?? byName.get(base) ?? byName.get(stem);
    return text === undefined ? null : { text, mayBeIndex: true };
  });
}

/** Names that occur, sorted; or, where all are indices, the numbers up to the largest. */
function classesOf(texts: readonly (LabelText | null)[]): string[] {
  const own = texts.filter((label) => label !== null);
  const largest = own.reduce((most, { text, mayBeIndex }) => {
    return mayBeIndex && indexText.test(text) ? Math.max(most, Number(text)) : Infinity;
  }, -1);
  if (largest < 1e6) return Array.from({ length: largest + 1 }, (_, index) => String(index));
  return [...new Set(own.map(({ text }) => text))].sort();
}

function labelIssues(
  wrong: Readonly<Record<LabelCode, readonly string[]>>,
  classes: readonly string[],
  path: string,
): Issue[] {
  const last = classes.length - 1;
  const texts: Record<LabelCode, readonly [string, string]> = {
    LABEL_MISSING: ['have no label', 'put each into a folder of its class, or write labels: false'],
    LABEL_UNKNOWN: [
      `have a class that is none of the ${classes.length} given`,
      'leave classes out to take all that occur, or remove these images',
    ],
    LABELS_RANGE: [
      `have an index outside 0 .. ${last}`,
      'count from 0, or give the names of all classes: classes',
    ],
  };
  return (Object.keys(texts) as LabelCode[])
    .filter((code) => wrong[code].length > 0)
    .map((code) => {
      const [what, fix] = texts[code];
      const first = wrong[code].slice(0, 3).join(', ');
      return { code, path, message: `${wrong[code].length} images ${what}, first ${first}`, fix };
    });
}
