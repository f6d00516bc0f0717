import { defaultCode, weightGrid } from '@bnfree/distill';
import type { AccuracyRow } from './accuracyRow.js';
import type { PairedComparison } from './pairedTest.js';
import type { Method } from './rowSpec.js';
import { type AccuracySetting, accuracySettings } from './settings.js';

/** A row beside the others of its setting, as docs/accuracy.json holds it. */
export interface ComparedRow extends AccuracyRow {
  /** Against other students of the same teacher, setting and seed, on the same images. */
  readonly against: Readonly<Partial<Record<Method, PairedComparison>>>;
}

/** docs/accuracy.md from its rows. */
export function accuracyPage(rows: readonly ComparedRow[]): string {
  const teachers = [...new Set(rows.map(({ teacher }) => teacher))];
  return [
    '# Accuracy',
    '',
    'Top-1 on the whole test sets, written by `pnpm -s accuracy` from docs/accuracy.json, never by hand.',
    'Integer students have no batch normalization and compute with integers alone; the weights of their first and last layer',
    'have 8 bits. The last 5,000 training images choose, the others are fitted on; test images were not used for any choice.',
    '',
    'Methods: `ptq` is the same pipeline without training; `layerwise` fits each layer to its tap; `distilled` compensates end to',
    'end after that, without labels; `direct` spends the same multiply-accumulates end to end from the start; `lsq+bn` is',
    'quantised training with batch normalization kept, and `teacherTrainedOn` the float teacher trained on: both keep floats.',
    'Of a low-bit (DoReFa) teacher, `thresholds` is the exact integer student and `paper` that of arXiv 2512.16476 as reconstructed.',
    '"Goal" is the largest gap that the setting is held to. p: McNemar test against ptq and direct of the same seed.',
    '',
    ...recipeTable(),
    ...teachers.flatMap((teacher) => teacherTable(rows.filter((row) => row.teacher === teacher))),
    '',
  ].join('\n');
}

/** The largest gap that a row is held to, if any. */
function goalOf({ setting, teacher, method, requantization }: AccuracyRow): number | undefined {
  const { mustGap, mustGapWithShifts }: AccuracySetting = accuracySettings[setting];
  if (method !== 'distilled') return undefined;
  if (requantization === 'shiftPerChannel') return mustGapWithShifts?.[teacher];
  return requantization === 'perLayer' ? mustGap[teacher] : undefined;
}

/** How long each setting is trained, and how. */
function recipeTable(): string[] {
  const head = [
    'setting',
    'weights',
    'fitting steps a layer',
    'steps end to end',
    'rate',
    'weight of the taps',
  ];
  return [
    `| ${head.join(' | ')} |`,
    `| ${head.map((_, index) => (index < 2 ? '---' : '--:')).join(' | ')} |`,
    ...Object.entries<AccuracySetting>(accuracySettings).map(([name, setting]) => {
      const { fitSteps, tuneSteps, tuneRate, tapWeight } = setting;
      const stage = tuneSteps === 0 ? ['', ''] : [String(tuneRate), String(tapWeight)];
      return `| ${[name, codeName(setting), fitSteps, tuneSteps, ...stage].join(' | ')} |`;
    }),
  ];
}

/** The integers of a setting's weights. */
function codeName({ bits: { weights }, code }: AccuracySetting): string {
  const { min, max, stride } = weightGrid(weights, code ?? defaultCode(weights));
  const levels = Array.from({ length: (max - min) / stride + 1 }, (_, i) => min + stride * i);
  return levels.length > 4 ? `${min} to ${max}` : levels.join(', ');
}

function teacherTable(rows: readonly ComparedRow[]): string[] {
  const [{ teacher, teacherTop1 }] = rows;
  const head = ['setting', 'method', 'requantization', 'seed', 'top-1 %', 'gap', 'goal', 'p ptq', 'p direct'];
  const more = ['steps', 'GMAC', 'bytes', 'seconds'];
  return [
    '',
    `## ${teacher}: teacher ${teacherTop1.toFixed(2)} %`,
    '',
    `| ${[...head, ...more].join(' | ')} |`,
    `| ${[...head, ...more].map((_, index) => (index < 3 ? '---' : '--:')).join(' | ')} |`,
    ...rows.map((row) => `| ${cells(row).join(' | ')} |`),
    ...meanLines(rows),
  ];
}

function cells(row: ComparedRow): string[] {
  const { setting, method, requantization, seed, top1, gap, against, steps, macs, artifactBytes, seconds } =
    row;
  const goal = goalOf(row);
  return [
    setting,
    method,
    requantization,
    String(seed),
    top1.toFixed(2),
    gap.toFixed(2),
    goal === undefined ? '' : `${goal} ${gap <= goal ? 'reached' : 'missed'}`,
    showP(against.ptq),
    showP(against.direct),
    String(steps),
    (macs / 1e9).toFixed(0),
    artifactBytes === null ? 'floats' : String(artifactBytes),
    String(seconds),
  ];
}

function showP(comparison: PairedComparison | undefined): string {
  if (comparison === undefined) return '';
  const { better, worse, p } = comparison;
  return `+${better} -${worse}, ${p < 1e-3 ? '< 0.001' : p.toFixed(3)}`;
}

/** Means over seeds, where there are several. */
function meanLines(rows: readonly ComparedRow[]): string[] {
  const groups = new Map<string, number[]>();
  for (const { setting, method, requantization, gap } of rows) {
    const key = `${setting} ${method} ${requantization}`;
    groups.set(key, [...(groups.get(key) ?? []), gap]);
  }
  const several = [...groups].filter(([, gaps]) => gaps.length > 1);
  if (several.length === 0) return [];
  const line = ([key, gaps]: [string, number[]]): string => {
    const mean = gaps.reduce((a, b) => a + b, 0) / gaps.length;
    return `- ${key}: mean gap ${mean.toFixed(2)} over ${gaps.length} seeds (${gaps.map((gap) => gap.toFixed(2)).join(', ')})`;
  };
  return ['', ...several.map(line)];
}
