import type { DistillReport } from '@bnfree/distill';
import type { DemoSettings, ResultSettings } from './demoSettings.js';

/** Accuracy on all 10,000 test images. */
export interface Accuracy {
  /** Percent. */
  readonly top1: number;
  readonly correct: number;
  readonly count: number;
}

/** What one backend of the integer kernels did. */
export interface BackendReport {
  readonly name: string;
  /** SHA-256 of the int32 logits of the first test images, little endian. */
  readonly logitsSha256: string;
  /** Images that the digest is over. */
  readonly logitsImages: number;
  readonly imagesPerSecond: number;
  /** Images that the speed was measured on. */
  readonly timedImages: number;
}

/** The demo's `report.json`. */
export interface DemoReport {
  readonly format: 'bnfree-demo-report-1';
  readonly settings: ResultSettings;
  readonly teacher: Accuracy & { readonly bytes: number; readonly imagesPerSecond: number };
  /** The same pipeline without fitting. */
  readonly ptq: Accuracy & { readonly bytes: number };
  readonly student: Accuracy & { readonly bits: DemoSettings['bits'] };
  readonly artifact: { readonly path: string; readonly bytes: number; readonly sha256: string };
  readonly backends: readonly BackendReport[];
  readonly verify: {
    readonly passed: boolean;
    readonly floatOpcodes: number;
    readonly minHeadroomBits: number;
    /** Floating-point numbers found in the artifact. */
    readonly floats: number;
    readonly modules: number;
    /** Whether all backends gave the same logits. */
    readonly sameLogits: boolean;
    /** Whether the vector inside the artifact came out on the fast backend. */
    readonly selfTest: boolean;
  };
  /** The distiller's own report: layers, losses, SQNR. */
  readonly distillation: DistillReport;
  /** Of the whole demo; a resumed one counts from its resumption. */
  readonly durationMs: number;
}
