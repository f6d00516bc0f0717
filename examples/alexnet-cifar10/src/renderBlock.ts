import type { createColors } from 'picocolors';
import { describeLayersLeft, describePhaseLeft } from './estimateTimeLeft.js';
import { formatDuration } from './formatDuration.js';
import type { LayerState, PhaseState, ProgressState } from './progressState.js';

/** What a rendered block depends on besides the state. */
export interface BlockOptions {
  readonly nowMs: number;
  /** Characters a line may have. */
  readonly columns: number;
  readonly colors: ReturnType<typeof createColors>;
}

/** The whole progress as lines for a terminal: phases, and under the distilling one its layers. */
export function renderBlock(state: ProgressState, options: BlockOptions): string[] {
  return state.phases.flatMap((phase) => {
    const isDistilling = phase.status === 'working' && state.layers.length > 0;
    return [
      renderPhase(phase, state, options),
      ...(isDistilling ? state.layers.map((layer) => renderLayer(layer, options)) : []),
    ];
  });
}

function renderPhase(
  phase: PhaseState,
  state: ProgressState,
  { nowMs, columns, colors }: BlockOptions,
): string {
  const name = phase.phase.padEnd(9);
  switch (phase.status) {
    case 'waiting':
      return colors.dim(fit(`  ${name}`, columns));
    case 'done': {
      const text = fit(`${name} ${phase.summary}  ${formatDuration(phase.durationMs)}`, columns - 2);
      return `${colors.green('✔')} ${text}`;
    }
    case 'working': {
      const counted =
        phase.count === 0 ? '' : ` ${bar(phase.done, phase.count)} ${phase.done} of ${phase.count} images`;
      const left = phase.count === 0 ? describeLayersLeft(state, nowMs) : describePhaseLeft(phase, nowMs);
      const text = `${name}${counted}${left === undefined ? '' : `  ${left}`}`;
      return `${colors.cyan('▸')} ${fit(text, columns - 2)}`;
    }
  }
}

function renderLayer(layer: LayerState, { columns, colors }: BlockOptions): string {
  const name = layer.name.padEnd(10);
  switch (layer.status) {
    case 'waiting':
      return colors.dim(fit(`    ${name}`, columns));
    case 'done':
      return `  ${colors.green('✔')} ${fit(`${name} ${describeDone(layer)}`, columns - 4)}`;
    case 'working': {
      const steps =
        layer.steps === 0
          ? layer.pass
          : `${bar(layer.step, layer.steps)} ${layer.step} of ${layer.steps}${showLoss(layer)}`;
      return `  ${colors.cyan('▸')} ${fit(`${name} ${steps}`, columns - 4)}`;
    }
  }
}

/** `loss 0.0123, SQNR 21.4 dB, 8.1 s`. */
export function describeDone(layer: LayerState): string {
  const parts = [
    ...(Number.isNaN(layer.loss) ? [] : [`loss ${formatLoss(layer.loss)}`]),
    ...(Number.isNaN(layer.sqnrDb) ? [] : [`SQNR ${layer.sqnrDb.toFixed(1)} dB`]),
    layer.isRestored ? 'from the checkpoint' : formatDuration(layer.durationMs),
  ];
  return parts.join(', ');
}

/** Three significant digits. */
export function formatLoss(loss: number): string {
  return loss.toPrecision(3);
}

function showLoss({ loss }: LayerState): string {
  return Number.isNaN(loss) ? '' : `, loss ${formatLoss(loss)}`;
}

function bar(done: number, count: number): string {
  const width = 20;
  const filled = Math.floor((width * done) / count);
  return '█'.repeat(filled) + '░'.repeat(width - filled);
}

/** Cuts a line: a wrapped line would break the redrawing. */
function fit(text: string, columns: number): string {
  return text.length <= columns ? text : `${text.slice(0, Math.max(0, columns - 1))}…`;
}
