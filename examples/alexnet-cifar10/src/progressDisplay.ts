import { createColors } from 'picocolors';
import type { DemoEvent } from './demoEvent.js';
import { advance, initialProgress } from './progressState.js';
import { renderBlock } from './renderBlock.js';
import { renderLine } from './renderLine.js';

/** The part of a terminal or a file stream that the display writes to. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Shows events as they come. */
export interface ProgressDisplay {
  show(event: DemoEvent): void;
  /** Draws what has not been drawn yet; what is written next starts on its own line. */
  finish(): void;
}

/** Time between two drawings of the block: often enough to look alive, seldom enough to cost nothing. */
const redrawMs = 100;

/** What a display depends on besides its stream. */
export interface DisplayOptions {
  /** A clock in milliseconds. */
  readonly now: () => number;
  readonly isColored: boolean;
}

/** One redrawn block on a terminal, plain lines elsewhere. */
export function progressDisplay(stream: ProgressStream, options: DisplayOptions): ProgressDisplay {
  return stream.isTTY === true ? blockDisplay(stream, options) : lineDisplay(stream, options);
}

function lineDisplay(stream: ProgressStream, { now }: DisplayOptions): ProgressDisplay {
  let state = initialProgress;
  return {
    show(event) {
      const before = state;
      state = advance(before, event, now());
      const line = renderLine(before, state, event, now());
      if (line !== undefined) stream.write(`${line}\n`);
    },
    finish: () => undefined,
  };
}

function blockDisplay(stream: ProgressStream, { now, isColored }: DisplayOptions): ProgressDisplay {
  let state = initialProgress;
  let drawnLines = 0;
  let shownWarnings = 0;
  let drawnMs = Number.NEGATIVE_INFINITY;
  const draw = (): void => {
    const options = { nowMs: now(), columns: stream.columns ?? 80, colors: createColors(isColored) };
    // Warnings stay above the block; the block is drawn over itself.
    const warnings = state.warnings
      .slice(shownWarnings)
      .map(({ code, path, message }) => `${code} at ${path}: ${message}`);
    const block = renderBlock(state, options);
    const up = drawnLines === 0 ? '' : `\u001b[${drawnLines}A`;
    stream.write(`${up}\u001b[0J${[...warnings, ...block].map((line) => `${line}\n`).join('')}`);
    drawnLines = block.length;
    shownWarnings = state.warnings.length;
    drawnMs = now();
  };
  return {
    show(event) {
      state = advance(state, event, now());
      if (now() - drawnMs >= redrawMs) draw();
    },
    finish: draw,
  };
}
