import type { DemoReport } from './demoReport.js';

/** One measured student, on all 10,000 test images. Percent, seconds, bytes. */
export interface AccuracyRow {
  readonly id: string;
  readonly teacher: 'alexnet-bn-cifar10';
  readonly setting: string;
  readonly requantization: string;
  readonly teacherTop1: number;
  readonly ptqTop1: number;
  readonly top1: number;
  /** Teacher less student. */
  readonly gap: number;
  readonly fitSteps: number;
  readonly tuneSteps: number;
  readonly trainImages: number;
  readonly seed: number;
  readonly artifactBytes: number;
  readonly artifactSha256: string;
  /** Of the int32 logits, and whether every backend gave them, on so many test images. */
  readonly logitsSha256: string;
  readonly logitsImages: number;
  readonly sameLogits: boolean;
  /** Of the whole demo run. */
  readonly seconds: number;
}

/** What the table says of a run. */
export function accuracyRow(id: string, report: DemoReport, backends: DemoReport['backends']): AccuracyRow {
  const { settings, teacher, ptq, student, artifact } = report;
  const [first] = backends;
  return {
    id,
    teacher: 'alexnet-bn-cifar10',
    setting: `W${settings.bits.weights}A${settings.bits.activations}`,
    requantization: settings.requantization,
    teacherTop1: teacher.top1,
    ptqTop1: ptq.top1,
    top1: student.top1,
    gap: Math.round(100 * (teacher.top1 - student.top1)) / 100,
    fitSteps: settings.fitSteps,
    tuneSteps: settings.tuneSteps,
    trainImages: settings.trainImages,
    seed: settings.seed,
    artifactBytes: artifact.bytes,
    artifactSha256: artifact.sha256,
    logitsSha256: first.logitsSha256,
    logitsImages: first.logitsImages,
    sameLogits: backends.every(({ logitsSha256 }) => logitsSha256 === first.logitsSha256),
    seconds: Math.round(report.durationMs / 1000),
  };
}
