import type { DistillEvent } from '@bnfree/distill';
import type { DemoEvent } from './demoEvent.js';
import { describeLayersLeft } from './estimateTimeLeft.js';
import { formatDuration } from './formatDuration.js';
import { type ProgressState, stepOwner } from './progressState.js';
import { describeDone, formatLoss } from './renderBlock.js';

/**
 * The line that a log gets for an event, or undefined where the event is not worth one.
 *
 * `before` and `after` are the states around the event.
 */
export function renderLine(
  before: ProgressState,
  after: ProgressState,
  event: DemoEvent,
  nowMs: number,
): string | undefined {
  switch (event.type) {
    case 'phase-start':
      return undefined;
    case 'phase-progress': {
      const { done = 0 } = before.phases.find(({ phase }) => phase === event.phase) ?? {};
      return isQuarterReached(done, event.done, event.count)
        ? `${event.phase}: ${event.done} of ${event.count} images`
        : undefined;
    }
    case 'phase-end':
      return `${event.phase}: ${event.summary}  ${formatDuration(event.durationMs)}`;
    case 'distill': {
      const line = renderDistillLine(before, after, event.event, nowMs);
      const phase = after.phases.find(({ status }) => status === 'working')?.phase ?? 'distill';
      return line === undefined ? undefined : `${phase}: ${line}`;
    }
  }
}

function renderDistillLine(
  before: ProgressState,
  after: ProgressState,
  event: DistillEvent,
  nowMs: number,
): string | undefined {
  switch (event.type) {
    case 'step': {
      const owner = stepOwner(after, event);
      const last = before.layers.find(({ name }) => name === owner)?.step ?? 0;
      // The last step of a layer has its line in the layer's end.
      if (event.step === event.steps || !isQuarterReached(last, event.step, event.steps)) return undefined;
      const loss = `loss ${formatLoss(event.loss)}`;
      return `${owner}: step ${event.step} of ${event.steps}, ${loss}${showLeft(after, nowMs)}`;
    }
    case 'layer-end': {
      const layer = after.layers.find(({ name }) => name === event.layer);
      if (layer === undefined) return undefined;
      return `${event.layer} (${event.index + 1} of ${event.count}): ${describeDone(layer)}${showLeft(after, nowMs)}`;
    }
    case 'stage-end':
      return `${event.stage}: ${formatDuration(event.durationMs)}`;
    case 'warning':
      return `warning ${event.issue.code} at ${event.issue.path}: ${event.issue.message}; fix: ${event.issue.fix}`;
    default:
      return undefined;
  }
}

function showLeft(state: ProgressState, nowMs: number): string {
  const left = describeLayersLeft(state, nowMs);
  return left === undefined ? '' : `, ${left}`;
}

/** Whether a quarter, a half, three quarters or the whole lies after `before` and at or before `now`. */
function isQuarterReached(before: number, now: number, count: number): boolean {
  return Math.floor((4 * now) / count) > Math.floor((4 * before) / count);
}
