import { showBits } from './demoSettings.js';
import type { DemoReport } from './demoReport.js';

/** A table: the first row of cells is its head. */
export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** The part of a report that is shown. */
export type ShownReport = Omit<DemoReport, 'distillation'>;

/** The demo's result as tables: accuracy and size, then speed and digest of the backends. */
export function reportTables(report: ShownReport): readonly Table[] {
  return [accuracyTable(report), backendTable(report)];
}

/** What was verified, in one sentence. */
export function describeVerification({ verify }: ShownReport): string {
  const facts = [
    `${verify.floatOpcodes} float opcodes in ${verify.modules} WebAssembly modules`,
    `${verify.floats} floats in the artifact`,
    `at least ${verify.minHeadroomBits} accumulator bits to spare`,
    verify.sameLogits ? 'the same logits on all backends' : 'DIFFERENT LOGITS on the backends',
    verify.selfTest ? 'self-test passed' : 'SELF-TEST FAILED',
  ];
  return `Verification ${verify.passed ? 'passed' : 'FAILED'}: ${facts.join(', ')}.`;
}

function accuracyTable({ teacher, ptq, student, artifact, settings }: ShownReport): Table {
  const bits = showBits(settings.bits);
  const gap = (top1: number): string => (top1 - teacher.top1).toFixed(2);
  const share = (bytes: number): string => `${((100 * bytes) / teacher.bytes).toFixed(1)} %`;
  return {
    head: ['model', 'top-1', 'gap', 'bytes', 'of float'],
    rows: [
      ['teacher, float32 with BN', percent(teacher.top1), '', group(teacher.bytes), ''],
      [`PTQ ${bits}, integers`, percent(ptq.top1), gap(ptq.top1), group(ptq.bytes), share(ptq.bytes)],
      [
        `student ${bits}, integers`,
        percent(student.top1),
        gap(student.top1),
        group(artifact.bytes),
        share(artifact.bytes),
      ],
    ],
  };
}

function backendTable({ backends }: ShownReport): Table {
  return {
    head: ['backend', 'images/s', 'SHA-256 of the logits'],
    rows: backends.map(({ name, imagesPerSecond, logitsSha256, logitsImages }) => [
      name,
      imagesPerSecond >= 100 ? imagesPerSecond.toFixed(0) : imagesPerSecond.toPrecision(3),
      `${logitsSha256.slice(0, 16)}… (first ${logitsImages} test images)`,
    ]),
  };
}

function percent(value: number): string {
  return `${value.toFixed(2)} %`;
}

/** `5,827,496`. */
function group(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}
