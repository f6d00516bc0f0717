import type { DemoReport } from '../src/demoReport.js';

/** A report with the numbers that the tables show. */
export const demoReport: Omit<DemoReport, 'distillation'> = {
  format: 'bnfree-demo-report-1',
  settings: {
    bits: { weights: 4, activations: 4 },
    requantization: 'perLayer',
    trainImages: 10_000,
    fitSteps: 100,
    tuneSteps: 0,
    batchSize: 64,
    seed: 7,
  },
  teacher: { top1: 89.59, correct: 8959, count: 10_000, imagesPerSecond: 640, bytes: 5_827_496 },
  ptq: { top1: 87.4, correct: 8740, count: 10_000, bytes: 747_000 },
  student: { top1: 89.6, correct: 8960, count: 10_000, bits: { weights: 4, activations: 4 } },
  artifact: { path: 'run/model.bnfree', bytes: 748_080, sha256: 'ab'.repeat(32) },
  backends: [
    {
      name: 'wasm',
      logitsSha256: '0123456789abcdef'.repeat(4),
      logitsImages: 500,
      imagesPerSecond: 1234.5,
      timedImages: 10_000,
    },
    {
      name: 'typescript',
      logitsSha256: '0123456789abcdef'.repeat(4),
      logitsImages: 500,
      imagesPerSecond: 17.66,
      timedImages: 500,
    },
  ],
  verify: {
    passed: true,
    floatOpcodes: 0,
    minHeadroomBits: 12,
    floats: 0,
    modules: 26,
    sameLogits: true,
    selfTest: true,
  },
  durationMs: 181_000,
};
