import type { Rational, RequantizationScheme } from '../plan/studentPlan.js';

/** How often each integer occurs, from `min` up. */
export interface Histogram {
  readonly min: number;
  readonly counts: readonly number[];
}

/** The loss of one pass, thinned out: each point is the mean of the steps since the one before. */
export interface LossCurve {
  /** The layer's name; the student's for a stage over the whole model. */
  readonly layer: string;
  readonly pass: string;
  /** Step, from 1, and loss. Steps that an earlier call of a resumed run made are missing. */
  readonly points: readonly (readonly [step: number, loss: number])[];
}

/** How one layer came out. */
export interface LayerReport {
  readonly name: string;
  readonly op: string;
  readonly weightBits: number;
  /** null for int32 logits. */
  readonly activationBits: number | null;
  readonly requantization: RequantizationScheme;
  /** Of the integers against the tap on held-out images, after the layer's own passes. */
  readonly sqnrDb: number;
  /** The same layer without fitting, from the baseline; null where no baseline was made. */
  readonly baselineSqnrDb: number | null;
  /** Losses relative to the tap's power; null where nothing was fitted. */
  readonly fit: { readonly steps: number; readonly lossBefore: number; readonly lossAfter: number } | null;
  /** Worth of a weight step (the first channel's, where channels differ) and of an output step. */
  readonly weightStep: number;
  readonly activationStep: number | null;
  /** Worst partial sum, whatever the input. */
  readonly accumulatorBound: number;
  /** Bits that the worst partial sum leaves of an int32 accumulator. */
  readonly headroomBits: number;
  /** What the accumulators are multiplied by (the first channel's, where channels differ); null for logits. */
  readonly scaleFactor: number | null;
  /** Packed weights and biases. */
  readonly byteLength: number;
  /** How often each integer weight occurs, from the smallest to the largest that the code has. */
  readonly weightHistogram: Histogram;
  /** How often each stored output occurs on held-out images, after the layer's own passes; null for logits. */
  readonly outputHistogram: Histogram | null;
  readonly macs: number;
  readonly durationMs: number;
}

/** How one residual sum or concatenation came out. */
export interface MergeReport {
  readonly name: string;
  readonly op: string;
  /** Values that it joins. */
  readonly inputs: readonly string[];
  readonly activationBits: number;
  readonly sqnrDb: number;
  readonly baselineSqnrDb: number | null;
  readonly activationStep: number;
  readonly outputHistogram: Histogram | null;
}

/** How far a student agrees with its teacher on the held-out images. */
export interface Agreement {
  readonly images: number;
  /** Percent of images on which both put the same class first. */
  readonly teacherAgreement: number;
  /** Percent of images whose label comes first; null without labels. */
  readonly top1: number | null;
  /** The teacher's own; null without labels. */
  readonly teacherTop1: number | null;
}

/** All that there is to tell of a run. JSON; never part of an artifact. */
export interface DistillReport {
  readonly format: 'bnfree-report-1';
  readonly student: {
    readonly name: string;
    readonly bits: { readonly weights: readonly number[]; readonly activations: readonly (number | null)[] };
    readonly inputs: readonly {
      readonly name: string;
      readonly zeroPoint: number;
      readonly scale: Rational;
    }[];
    readonly outputs: readonly string[];
  };
  readonly teacher: { readonly name: string; readonly digest: string };
  readonly seed: number;
  readonly tfjs: { readonly version: string; readonly backend: string };
  readonly kernels: string;
  readonly layers: readonly LayerReport[];
  readonly merges: readonly MergeReport[];
  readonly losses: readonly LossCurve[];
  readonly validation: Agreement;
  /** The same pipeline without fitting; null where it was not asked for. */
  readonly ptq: {
    readonly layers: readonly { readonly name: string; readonly sqnrDb: number }[];
    readonly validation: Agreement;
  } | null;
  readonly artifact: { readonly bytes: number; readonly sha256: string; readonly floatBytes: number };
  readonly durationMs: number;
}
