import { formatDuration } from './formatDuration.js';
import type { LayerState, PhaseState, ProgressState } from './progressState.js';

/** `about 12 s left for the layers`, as far as can be told; undefined before there is anything to go by. */
export function describeLayersLeft(state: ProgressState, nowMs: number): string | undefined {
  const working = state.layers.find(({ status }) => status === 'working');
  if (working?.kind === 'stage') return describe(estimatePassLeft(working, nowMs), `for ${working.name}`);
  return describe(estimateLayersLeft(state, working, nowMs), 'for the layers');
}

/** `about 12 s left` for a phase that counts images. */
export function describePhaseLeft({ done, count, startedMs }: PhaseState, nowMs: number): string | undefined {
  return describe(done === 0 ? undefined : ((nowMs - startedMs) * (count - done)) / done, '');
}

function describe(leftMs: number | undefined, purpose: string): string | undefined {
  if (leftMs === undefined || leftMs === 0) return undefined;
  return `about ${formatDuration(leftMs)} left ${purpose}`.trimEnd();
}

/** The pace of the layer under way for itself, the mean of the finished ones for those that wait. */
function estimateLayersLeft(
  { layers }: ProgressState,
  working: LayerState | undefined,
  nowMs: number,
): number | undefined {
  const timed = layers.filter(
    ({ kind, status, isRestored }) => kind === 'layer' && status === 'done' && !isRestored,
  );
  const waiting = layers.filter(({ status }) => status === 'waiting').length;
  const elapsed = working === undefined ? 0 : nowMs - working.startedMs;
  const own = working === undefined ? 0 : estimatePassLeft(working, nowMs);
  const mean =
    timed.length > 0
      ? timed.reduce((sum, { durationMs }) => sum + durationMs, 0) / timed.length
      : working !== undefined && own !== undefined
        ? elapsed + own
        : undefined;
  if (mean === undefined) return undefined;
  return (own ?? Math.max(0, mean - elapsed)) + waiting * mean;
}

/** By the pace of the steps since the first that was seen. */
function estimatePassLeft({ step, steps, firstStep }: LayerState, nowMs: number): number | undefined {
  const seen = step - firstStep.step;
  return steps === 0 || seen === 0 ? undefined : ((nowMs - firstStep.atMs) * (steps - step)) / seen;
}
