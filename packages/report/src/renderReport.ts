import type { DistillReport } from '@bnfree/distill';
import { colors } from './drawing.js';
import { escapeHtml } from './escapeHtml.js';
import { accuracyLadder, type MeasuredAccuracy } from './figures/accuracyLadder.js';
import { barsByLayer } from './figures/barsByLayer.js';
import { histogram } from './figures/histogram.js';
import { lossCurve } from './figures/lossCurve.js';
import { sqnrByLayer } from './figures/sqnrByLayer.js';
import { layerTable } from './layerTable.js';
import { pageStyle } from './pageStyle.js';

export interface ReportOptions {
  /** What was measured elsewhere, such as on a test set; the held-out images of the run by default. */
  readonly accuracies?: readonly MeasuredAccuracy[];
}

/** The report of a distillation as one HTML page, without scripts and without anything to load. */
export function renderReport(report: DistillReport, options: ReportOptions = {}): string {
  const { student, teacher, layers } = report;
  const title = escapeHtml(`${student.name}: ${bitsOf(report)}`);
  const ladder = options.accuracies ?? heldOutAccuracies(report);
  return [
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">`,
    `<title>${title}</title><style>${pageStyle}</style></head><body>`,
    `<h1>${title}</h1>`,
    `<p>Integer student of <b>${escapeHtml(teacher.name)}</b>, seed ${report.seed}, ${escapeHtml(madeWith(report))}.</p>`,
    section('Accuracy', ladder.length === 0 ? '<p>No labels were given.</p>' : accuracyLadder(ladder)),
    `<p>${escapeHtml(agreementText(report))}</p>`,
    section('Layers against the teacher', `${key}${sqnrByLayer(report)}`),
    section('Layers in numbers', `<div class="wide">${layerTable(report)}</div>`),
    section('Bytes, work, headroom, time', grid(layerBars(report))),
    section(
      'Weights on their grids',
      grid(layers.map(({ name, weightHistogram }) => histogram(name, weightHistogram, colors.after))),
    ),
    section('Outputs on their grids', grid(outputHistograms(report))),
    section('Losses', grid(report.losses.filter(({ points }) => points.length > 1).map(lossCurve))),
    '</body></html>\n',
  ].join('\n');
}

const key = `<p class="key"><i style="background:${colors.before}"></i>without fitting <i style="background:${colors.after}"></i>fitted</p>`;

function section(title: string, content: string): string {
  return `<section><h2>${escapeHtml(title)}</h2>${content}</section>`;
}

function grid(figures: readonly string[]): string {
  if (figures.length === 0) return '<p>None.</p>';
  return `<div class="grid">${figures.map((figure) => `<div>${figure}</div>`).join('')}</div>`;
}

function layerBars({ layers }: DistillReport): string[] {
  return [
    barsByLayer(layers, 'bytes of weights and biases', ({ byteLength }) => byteLength),
    barsByLayer(layers, 'million multiply-accumulates an image', ({ macs }) => macs / 1e6),
    barsByLayer(layers, 'bits of headroom in int32', ({ headroomBits }) => headroomBits),
    barsByLayer(layers, 'seconds to make', ({ durationMs }) => durationMs / 1000),
  ];
}

function outputHistograms({ layers, merges }: DistillReport): string[] {
  return [...layers, ...merges].flatMap(({ name, outputHistogram }) =>
    outputHistogram === null ? [] : [histogram(name, outputHistogram, colors.other)],
  );
}

function heldOutAccuracies({ validation, ptq }: DistillReport): MeasuredAccuracy[] {
  const rungs: readonly (readonly [string, number | null])[] = [
    ['teacher, held-out images', validation.teacherTop1],
    ['without fitting (PTQ)', ptq?.validation.top1 ?? null],
    ['student', validation.top1],
  ];
  return rungs.flatMap(([name, top1]) => (top1 === null ? [] : [{ name, top1 }]));
}

function agreementText({ validation, artifact, durationMs }: DistillReport): string {
  const { images, teacherAgreement } = validation;
  const ratio = (artifact.floatBytes / artifact.bytes).toFixed(1);
  return (
    `Student and teacher put the same class first on ${teacherAgreement.toFixed(2)} % of ${images} held-out images. ` +
    `The file takes ${artifact.bytes} bytes, ${ratio} times less than float32 weights (SHA-256 ${artifact.sha256}). ` +
    `Made in ${Math.round(durationMs / 1000)} s.`
  );
}

function madeWith({ tfjs, kernels }: DistillReport): string {
  return `tfjs ${tfjs.version} on ${tfjs.backend}, integer kernels ${kernels}`;
}

/** `W4A4`, or the ranges where layers differ. */
function bitsOf({ student: { bits } }: DistillReport): string {
  const range = (values: readonly (number | null)[]): string => {
    const known = values.filter((value) => value !== null);
    const [low, high] = [Math.min(...known), Math.max(...known)];
    return low === high ? String(low) : `${low}-${high}`;
  };
  return `W${range(bits.weights)}A${range(bits.activations)}`;
}
