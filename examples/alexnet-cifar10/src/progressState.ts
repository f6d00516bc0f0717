import type { Issue } from '@bnfree/core';
import type { DistillEvent } from '@bnfree/distill';
import { type DemoEvent, type Phase, phases } from './demoEvent.js';

/** Where a phase stands. */
export interface PhaseState {
  readonly phase: Phase;
  readonly status: 'waiting' | 'working' | 'done';
  readonly startedMs: number;
  /** Images done of `count`; `count` 0 where they are not counted. */
  readonly done: number;
  readonly count: number;
  readonly summary: string;
  readonly durationMs: number;
}

/** Where a layer, or a stage over the whole model, stands. */
export interface LayerState {
  readonly name: string;
  readonly kind: 'layer' | 'stage';
  readonly status: 'waiting' | 'working' | 'done';
  readonly startedMs: number;
  readonly pass: string;
  /** Training steps of the pass that counts them; `steps` 0 before the first. */
  readonly step: number;
  readonly steps: number;
  /** Time and number of the first step that was seen: a resumed pass does not begin at 1. */
  readonly firstStep: { readonly step: number; readonly atMs: number };
  /** Last loss; NaN before the first step. */
  readonly loss: number;
  /** NaN before the layer is done, and for stages. */
  readonly sqnrDb: number;
  readonly durationMs: number;
  readonly isRestored: boolean;
}

/** All that the display shows. */
export interface ProgressState {
  readonly phases: readonly PhaseState[];
  /** Layers and stages of the distillation under way or last done. */
  readonly layers: readonly LayerState[];
  readonly warnings: readonly Issue[];
}

/** Nothing has begun. */
export const initialProgress: ProgressState = {
  phases: phases.map((phase) => ({
    phase,
    status: 'waiting',
    startedMs: 0,
    done: 0,
    count: 0,
    summary: '',
    durationMs: 0,
  })),
  layers: [],
  warnings: [],
};

/** The state after an event at a time. */
export function advance(state: ProgressState, event: DemoEvent, nowMs: number): ProgressState {
  if (event.type === 'distill') return advanceDistill(state, event.event, nowMs);
  const change = (update: Partial<PhaseState>): ProgressState => ({
    ...state,
    phases: state.phases.map((phase) => (phase.phase === event.phase ? { ...phase, ...update } : phase)),
  });
  switch (event.type) {
    case 'phase-start':
      return { ...change({ status: 'working', startedMs: nowMs }), layers: [] };
    case 'phase-progress':
      return change({ done: event.done, count: event.count });
    case 'phase-end':
      return change({ status: 'done', summary: event.summary, durationMs: event.durationMs });
  }
}

function advanceDistill(state: ProgressState, event: DistillEvent, nowMs: number): ProgressState {
  const change = (name: string, update: (layer: LayerState) => Partial<LayerState>): ProgressState => ({
    ...state,
    layers: state.layers.map((layer) => (layer.name === name ? { ...layer, ...update(layer) } : layer)),
  });
  switch (event.type) {
    case 'run-start':
      return { ...state, layers: event.layers.map((name) => waiting(name, 'layer')) };
    case 'layer-start':
      return change(event.layer, () => ({ status: 'working', startedMs: nowMs }));
    case 'pass-start':
      return change(event.layer, () => ({ pass: event.pass }));
    case 'step':
      return change(stepOwner(state, event), ({ steps, firstStep }) => ({
        pass: event.pass,
        step: event.step,
        steps: event.steps,
        loss: event.loss,
        firstStep: steps === 0 ? { step: event.step, atMs: nowMs } : firstStep,
      }));
    case 'layer-end':
      return change(event.layer, () => ({
        status: 'done',
        sqnrDb: event.sqnrDb,
        durationMs: event.durationMs,
        isRestored: event.restored,
      }));
    case 'stage-start': {
      const stage = { ...waiting(event.stage, 'stage'), status: 'working', startedMs: nowMs } as const;
      const next = state.layers.findIndex(({ status }) => status === 'waiting');
      const place = next < 0 ? state.layers.length : next;
      return { ...state, layers: [...state.layers.slice(0, place), stage, ...state.layers.slice(place)] };
    }
    case 'stage-end':
      return change(event.stage, () => ({ status: 'done', durationMs: event.durationMs }));
    case 'warning':
      return { ...state, warnings: [...state.warnings, event.issue] };
    default:
      return state;
  }
}

/** Name of the layer or stage that a step belongs to: a stage's steps may carry the model's name and the stage as pass. */
export function stepOwner(
  { layers }: ProgressState,
  step: { readonly layer: string; readonly pass: string },
): string {
  return layers.some(({ name }) => name === step.layer) ? step.layer : step.pass;
}

function waiting(name: string, kind: LayerState['kind']): LayerState {
  return {
    name,
    kind,
    status: 'waiting',
    startedMs: 0,
    pass: '',
    step: 0,
    steps: 0,
    firstStep: { step: 0, atMs: 0 },
    loss: Number.NaN,
    sqnrDb: Number.NaN,
    durationMs: 0,
    isRestored: false,
  };
}
