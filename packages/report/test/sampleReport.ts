import type { DistillReport, Histogram, LayerReport } from '@bnfree/distill';

const bell = (min: number, levels: number): Histogram => ({
  min,
  counts: Array.from({ length: levels }, (_, index) =>
    Math.round(1000 * Math.exp(-((index - levels / 2) ** 2) / levels)),
  ),
});

function layer(name: string, index: number): LayerReport {
  return {
    name,
    op: 'conv2d',
    weightBits: 4,
    activationBits: name === 'fc3' ? null : 4,
    requantization: 'perLayer',
    sqnrDb: 18 - index,
    baselineSqnrDb: 15 - 2 * index,
    fit: { steps: 100, lossBefore: 0.04, lossAfter: 0.02 },
    weightStep: 0.0123,
    activationStep: name === 'fc3' ? null : 0.25,
    accumulatorBound: 12_345,
    headroomBits: 17.4,
    scaleFactor: name === 'fc3' ? null : 0.0049,
    byteLength: 4608 * (index + 1),
    weightHistogram: bell(-8, 16),
    outputHistogram: name === 'fc3' ? null : bell(0, 16),
    macs: 1_000_000 * (index + 1),
    durationMs: 1500,
  };
}

/** A report of three layers and a sum, with all that a page can show. */
export const sampleReport: DistillReport = {
  format: 'bnfree-report-1',
  student: {
    name: 'net <of> "three" & more',
    bits: { weights: [8, 4, 8], activations: [4, 4, null] },
    inputs: [{ name: 'input', zeroPoint: 128, scale: { numerator: 1, denominator: 128 } }],
    outputs: ['fc3'],
  },
  teacher: { name: 'teacher', digest: 'ab'.repeat(32) },
  seed: 7,
  tfjs: { version: '4.22.0', backend: 'wasm' },
  kernels: 'wasm',
  layers: ['conv1', 'conv2', 'fc3'].map(layer),
  merges: [
    {
      name: 'add',
      op: 'add',
      inputs: ['conv1', 'conv2'],
      activationBits: 4,
      sqnrDb: 20,
      baselineSqnrDb: null,
      activationStep: 0.25,
      outputHistogram: bell(0, 16),
    },
  ],
  losses: [
    {
      layer: 'conv1',
      pass: 'fitToTap',
      points: [
        [1, 0.04],
        [2, 0.03],
        [3, 0.02],
      ],
    },
    {
      layer: 'net',
      pass: 'compensateEndToEnd',
      points: [
        [1, 0],
        [2, 0.1],
      ],
    },
    { layer: 'fc3', pass: 'fitToTap', points: [[1, 0.5]] },
  ],
  validation: { images: 1000, teacherAgreement: 97.1, top1: 95.2, teacherTop1: 96 },
  ptq: {
    layers: [{ name: 'conv1', sqnrDb: 15 }],
    validation: { images: 1000, teacherAgreement: 90, top1: 88.5, teacherTop1: 96 },
  },
  artifact: { bytes: 40_000, sha256: 'cd'.repeat(32), floatBytes: 300_000 },
  durationMs: 60_000,
};
