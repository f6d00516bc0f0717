import type { DistillEvent } from '@bnfree/distill';
import type { DemoEvent } from '../src/demoEvent.js';
import { advance, initialProgress, type ProgressState } from '../src/progressState.js';

/** Events of a small run and the milliseconds at which they came: two layers of 4 steps, then a stage. */
export const recordedRun: readonly (readonly [atMs: number, event: DemoEvent])[] = [
  [0, { type: 'phase-start', phase: 'data' }],
  [900, { type: 'phase-end', phase: 'data', summary: '10000 training images', durationMs: 900 }],
  [6000, { type: 'phase-start', phase: 'distill' }],
  [6000, distill({ type: 'run-start', layers: ['conv1', 'fc8'], resumed: false, backend: 'wasm' })],
  [6000, distill({ type: 'stage-start', stage: 'baseline' })],
  [6000, distill({ type: 'stage-end', stage: 'baseline', durationMs: 0 })],
  [6000, distill({ type: 'layer-start', layer: 'conv1', index: 0, count: 2 })],
  [6100, distill({ type: 'pass-start', layer: 'conv1', pass: 'calibrateRange' })],
  [6500, distill({ type: 'pass-end', layer: 'conv1', pass: 'calibrateRange', durationMs: 400 })],
  [6500, distill({ type: 'pass-start', layer: 'conv1', pass: 'fitToTap' })],
  ...[0.5, 0.25, 0.125, 0.0625].map((loss, i) => {
    const event = { type: 'step', layer: 'conv1', pass: 'fitToTap', step: i + 1, steps: 4, loss } as const;
    return [7000 + 1000 * i, distill(event)] as const;
  }),
  [
    10_000,
    distill({
      type: 'layer-end',
      layer: 'conv1',
      index: 0,
      count: 2,
      sqnrDb: 21.44,
      durationMs: 4000,
      restored: false,
    }),
  ],
  [10_000, distill({ type: 'checkpoint', name: 'layer-conv1' })],
  [10_000, distill({ type: 'layer-start', layer: 'fc8', index: 1, count: 2 })],
  [
    14_000,
    distill({
      type: 'layer-end',
      layer: 'fc8',
      index: 1,
      count: 2,
      sqnrDb: 30,
      durationMs: 4000,
      restored: true,
    }),
  ],
  [14_000, distill({ type: 'stage-start', stage: 'compensateEndToEnd' })],
  ...[1, 2, 3, 4].map((step) => {
    const event = {
      type: 'step',
      layer: 'alexnet',
      pass: 'compensateEndToEnd',
      step,
      steps: 8,
      loss: 1 / step,
    } as const;
    return [14_000 + 500 * step, distill(event)] as const;
  }),
  [17_000, distill({ type: 'stage-end', stage: 'compensateEndToEnd', durationMs: 3000 })],
  [17_000, distill({ type: 'run-end', durationMs: 11_000 })],
  [17_500, { type: 'phase-end', phase: 'distill', summary: 'W4A4, perLayer', durationMs: 11_500 }],
  [17_500, { type: 'phase-start', phase: 'teacher' }],
  [18_000, { type: 'phase-end', phase: 'teacher', summary: 'top-1 89.59 %', durationMs: 500 }],
  [18_000, { type: 'phase-start', phase: 'ptq' }],
  [19_000, { type: 'phase-progress', phase: 'ptq', done: 2000, count: 10_000 }],
  [21_000, { type: 'phase-progress', phase: 'ptq', done: 6000, count: 10_000 }],
  [23_000, { type: 'phase-progress', phase: 'ptq', done: 10_000, count: 10_000 }],
  [23_000, { type: 'phase-end', phase: 'ptq', summary: 'top-1 88.98 %', durationMs: 5000 }],
];

/** State after all events up to a time. */
export function stateAt(atMs: number): ProgressState {
  return recordedRun
    .filter(([eventMs]) => eventMs <= atMs)
    .reduce((state, [eventMs, event]) => advance(state, event, eventMs), initialProgress);
}

/** An event of the distillation as the demo passes it on. */
export function distill(event: DistillEvent): DemoEvent {
  return { type: 'distill', event };
}
