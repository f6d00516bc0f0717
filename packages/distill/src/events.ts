import type { Issue } from '@bnfree/core';

/** What a run tells while it works. One stream serves logs, progress bars, pages and tests. */
export type DistillEvent =
  | {
      readonly type: 'run-start';
      readonly layers: readonly string[];
      readonly resumed: boolean;
      readonly backend: string;
    }
  | { readonly type: 'layer-start'; readonly layer: string; readonly index: number; readonly count: number }
  | { readonly type: 'pass-start'; readonly layer: string; readonly pass: string }
  /** `loss` is the mean squared error against the tap, or the stage's own loss. */
  | {
      readonly type: 'step';
      readonly layer: string;
      readonly pass: string;
      readonly step: number;
      readonly steps: number;
      readonly loss: number;
    }
  | { readonly type: 'pass-end'; readonly layer: string; readonly pass: string; readonly durationMs: number }
  | {
      readonly type: 'layer-end';
      readonly layer: string;
      readonly index: number;
      readonly count: number;
      /** Signal-to-quantisation-noise ratio of the integer outputs against the tap, held-out images. */
      readonly sqnrDb: number;
      readonly durationMs: number;
      /** Whether the layer came from a checkpoint. */
      readonly restored: boolean;
    }
  /** A stage over the whole model; its steps are `step` events with the student's name as `layer`. */
  | { readonly type: 'stage-start'; readonly stage: string }
  | { readonly type: 'stage-end'; readonly stage: string; readonly durationMs: number }
  | { readonly type: 'checkpoint'; readonly name: string }
  | { readonly type: 'warning'; readonly issue: Issue }
  | { readonly type: 'run-end'; readonly durationMs: number };

export type DistillEventListener = (event: DistillEvent) => void;
