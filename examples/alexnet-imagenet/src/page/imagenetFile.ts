import type { DecodingRow } from '../measureDecoding.js';
import type { TrainingCost } from '../measureTraining.js';

/** Whether a model gave the reference's logits in one way on one engine, and what memory it took. */
export interface DigestOutcome {
  readonly engine: string;
  readonly model: string;
  readonly way: string;
  readonly photographs: number;
  readonly failure?: string;
  readonly memory?: {
    readonly steadyBytes: number;
    readonly peakBytes: number;
    readonly activationBytes: number;
  };
}

/** docs/imagenet.json: what was measured, by the commands that print it as JSON. */
export interface ImagenetFile {
  readonly machine: { readonly cpu: string; readonly cores: number; readonly node: string };
  /** `pnpm -s imagenet:digests --json FILE`. */
  readonly digests: {
    readonly effort: { readonly reference: number; readonly fastTypescript: number; readonly all: number };
    readonly models: readonly {
      readonly name: string;
      readonly bytes: number;
      readonly logitsSha256: string;
    }[];
    readonly outcomes: readonly DigestOutcome[];
  };
  /** `pnpm -s imagenet bench --json`. */
  readonly decoding: {
    /** What was decoded, in words. */
    readonly set: string;
    readonly rows: readonly DecodingRow[];
  };
  /** `pnpm -s imagenet cost --json`. */
  readonly training: readonly TrainingCost[];
  /** `pnpm -s imagenet distil --json`, under `/usr/bin/time -v`. */
  readonly distillation: DistillationRun;
}

/** A whole distillation at full size, calibrated on 256 images that are drawn from its own. */
export interface DistillationRun {
  readonly variant: string;
  readonly images: number;
  readonly fitSteps: number;
  readonly batch: number;
  readonly weightBits: number;
  readonly activationBits: number;
  readonly processorSeconds: number;
  readonly memoryMegabytes: number;
}

/** What the page takes from docs/performance.json. */
export interface LatencyRow {
  readonly id: string;
  readonly node: string | null;
  readonly browser: string | null;
  readonly simd: string;
  readonly threads: number;
  readonly clock: string;
  readonly batch: number;
  readonly ours: { readonly ms: number };
}
