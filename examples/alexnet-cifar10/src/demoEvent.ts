import type { DistillEvent } from '@bnfree/distill';

/** The parts of the demo, in order. */
export const phases = ['data', 'distill', 'teacher', 'ptq', 'student', 'backends', 'verify'] as const;

/** One part of the demo. */
export type Phase = (typeof phases)[number];

/** What the demo tells while it works. */
export type DemoEvent =
  | { readonly type: 'phase-start'; readonly phase: Phase }
  | { readonly type: 'phase-progress'; readonly phase: Phase; readonly done: number; readonly count: number }
  | {
      readonly type: 'phase-end';
      readonly phase: Phase;
      readonly summary: string;
      readonly durationMs: number;
    }
  /** From the phase `distill`. */
  | { readonly type: 'distill'; readonly event: DistillEvent };

/** Takes every event. */
export type DemoEventListener = (event: DemoEvent) => void;
