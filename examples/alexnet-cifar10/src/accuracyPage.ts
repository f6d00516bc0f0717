import type { AccuracyRow } from './accuracyRow.js';
import { renderMarkdownTable } from './renderTable.js';

/** docs/accuracy.md from its rows. */
export function accuracyPage(rows: readonly AccuracyRow[]): string {
  const table = renderMarkdownTable({
    head: [
      'student',
      'requantization',
      'teacher',
      'PTQ',
      'student top-1',
      'gap',
      'bytes',
      'same logits on',
      'seconds',
    ],
    rows: rows.map((row) => [
      row.setting,
      row.requantization,
      `${row.teacherTop1.toFixed(2)} %`,
      `${row.ptqTop1.toFixed(2)} %`,
      `${row.top1.toFixed(2)} %`,
      row.gap.toFixed(2),
      String(row.artifactBytes),
      row.sameLogits ? `${row.logitsImages} images` : 'NO: BACKENDS DIFFER',
      String(row.seconds),
    ]),
  });
  const [{ fitSteps, tuneSteps, trainImages, seed }] = rows;
  return [
    '# Accuracy',
    '',
    'AlexNet-BN on all 10,000 test images of CIFAR-10; written by `pnpm -s accuracy` from docs/accuracy.json, never by hand.',
    'Students have no batch normalization and compute with integers alone; the weights of the first and last layer have 8 bits.',
    'PTQ is the same pipeline without fitting. Test images were not used for any choice.',
    '',
    `Recipe of every row: ${fitSteps} fitting steps a layer, ${tuneSteps} end-to-end steps, ${trainImages} training images, seed ${seed}.`,
    'One seed: differences below about 0.3 points (one standard error) mean little.',
    '"Seconds" is the whole demo run, evaluation included, on a machine that may have had other work.',
    '',
    ...table,
    '',
  ].join('\n');
}
