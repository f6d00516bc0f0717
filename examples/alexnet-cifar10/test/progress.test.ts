import { describe, expect, test } from '@jest/globals';
import { createColors } from 'picocolors';
import { describeLayersLeft, describePhaseLeft } from '../src/estimateTimeLeft.js';
import { advance, initialProgress } from '../src/progressState.js';
import { progressDisplay } from '../src/progressDisplay.js';
import { renderBlock } from '../src/renderBlock.js';
import { distill, recordedRun, stateAt } from './recordedRun.js';

const colors = createColors(false);

function blockAt(nowMs: number, columns = 100): string {
  return renderBlock(stateAt(nowMs), { nowMs, columns, colors }).join('\n');
}

/** Plays the recorded run into a stream and returns what was written. */
function play(stream: { isTTY: boolean; columns: number }): string[] {
  const written: string[] = [];
  let nowMs = 0;
  const write = (text: string): number => written.push(text);
  const display = progressDisplay({ ...stream, write }, { now: () => nowMs, isColored: false });
  for (const [atMs, event] of recordedRun) {
    nowMs = atMs;
    display.show(event);
  }
  display.finish();
  return written;
}

describe('the block on a terminal', () => {
  test('counts images and tells the time left', () => {
    const lines = blockAt(21_000).split('\n');
    expect([lines[0], ...lines.slice(-5)].join('\n')).toBe(
      [
        '✔ data      10000 training images  0.9 s',
        '✔ teacher   top-1 89.59 %  0.5 s',
        '▸ ptq       ████████████░░░░░░░░ 6000 of 10000 images  about 2.0 s left',
        '  student  ',
        '  backends ',
        '  verify   ',
      ].join('\n'),
    );
  });

  test('shows steps and loss of the layer under way', () => {
    const lines = blockAt(8000).split('\n');
    expect(lines.slice(1)).toEqual([
      '▸ distill    about 6.0 s left for the layers',
      '  ✔ baseline   0.0 s',
      '  ▸ conv1      ██████████░░░░░░░░░░ 2 of 4, loss 0.250',
      '    fc8       ',
      '  teacher  ',
      '  ptq      ',
      '  student  ',
      '  backends ',
      '  verify   ',
    ]);
  });

  test('shows loss, SQNR and time of finished layers, and what came from a checkpoint', () => {
    expect(blockAt(15_000).split('\n').slice(1, 6)).toEqual([
      '▸ distill    about 3.0 s left for compensateEndToEnd',
      '  ✔ baseline   0.0 s',
      '  ✔ conv1      loss 0.0625, SQNR 21.4 dB, 4.0 s',
      '  ✔ fc8        SQNR 30.0 dB, from the checkpoint',
      '  ▸ compensateEndToEnd █████░░░░░░░░░░░░░░░ 2 of 8, loss 0.500',
    ]);
  });

  test('shows the pass before there are steps', () => {
    expect(blockAt(6100)).toContain('▸ conv1      calibrateRange');
  });

  test('never exceeds the width of the terminal', () => {
    for (const [atMs] of recordedRun) {
      for (const columns of [20, 40, 80]) {
        for (const line of blockAt(atMs, columns).split('\n'))
          expect(line.length).toBeLessThanOrEqual(columns);
      }
    }
  });

  test('is drawn over itself', () => {
    const written = play({ isTTY: true, columns: 80 });
    expect(written.length).toBeGreaterThan(5);
    let lines = 0;
    for (const text of written) {
      const start = lines === 0 ? '\u001b[0J' : `\u001b[${lines}A\u001b[0J`;
      expect(text.startsWith(start)).toBe(true);
      lines = text.split('\n').length - 1;
    }
    expect(written.at(-1)).toContain('✔ distill   W4A4, perLayer  12 s');
  });

  test('leaves warnings above it, once', () => {
    const issue = { code: 'FEW_IMAGES', path: 'data', message: 'got 500', fix: 'more' };
    const written: string[] = [];
    const write = (text: string): number => written.push(text);
    const display = progressDisplay({ isTTY: true, columns: 80, write }, { now: () => 0, isColored: false });
    display.show(distill({ type: 'warning', issue }));
    display.finish();
    expect(written.map((text) => text.includes('FEW_IMAGES at data: got 500'))).toEqual([true, false]);
    expect(written[1].startsWith('\u001b[7A')).toBe(true);
  });
});

describe('plain lines', () => {
  test('tell quarters, layers and stages', () => {
    expect(play({ isTTY: false, columns: 80 }).join('')).toBe(
      [
        'data: 10000 training images  0.9 s',
        'distill: baseline: 0.0 s',
        'distill: conv1: step 1 of 4, loss 0.500',
        'distill: conv1: step 2 of 4, loss 0.250, about 6.0 s left for the layers',
        'distill: conv1: step 3 of 4, loss 0.125, about 5.0 s left for the layers',
        'distill: conv1 (1 of 2): loss 0.0625, SQNR 21.4 dB, 4.0 s, about 4.0 s left for the layers',
        'distill: fc8 (2 of 2): SQNR 30.0 dB, from the checkpoint',
        'distill: compensateEndToEnd: step 2 of 8, loss 0.500, about 3.0 s left for compensateEndToEnd',
        'distill: compensateEndToEnd: step 4 of 8, loss 0.250, about 2.0 s left for compensateEndToEnd',
        'distill: compensateEndToEnd: 3.0 s',
        'distill: W4A4, perLayer  12 s',
        'teacher: top-1 89.59 %  0.5 s',
        'ptq: 6000 of 10000 images',
        'ptq: 10000 of 10000 images',
        'ptq: top-1 88.98 %  5.0 s',
        '',
      ].join('\n'),
    );
  });

  test('tell warnings with their fix', () => {
    const issue = { code: 'FEW_IMAGES', path: 'data', message: 'got 500', fix: '--train-images 5000' };
    const written: string[] = [];
    const write = (text: string): number => written.push(text);
    const display = progressDisplay({ write }, { now: () => 0, isColored: false });
    display.show({ type: 'phase-start', phase: 'ptq' });
    display.show(distill({ type: 'warning', issue }));
    expect(written).toEqual(['ptq: warning FEW_IMAGES at data: got 500; fix: --train-images 5000\n']);
  });
});

describe('the time left', () => {
  test('is unknown before there is anything to go by', () => {
    expect(describeLayersLeft(stateAt(6500), 6500)).toBeUndefined();
    expect(describePhaseLeft(stateAt(900).phases[1], 900)).toBeUndefined();
  });

  test('leaves out layers that came from a checkpoint', () => {
    const events = [
      distill({ type: 'run-start', layers: ['a', 'b', 'c'], resumed: true, backend: 'wasm' }),
      distill({
        type: 'layer-end',
        layer: 'a',
        index: 0,
        count: 3,
        sqnrDb: 1,
        durationMs: 9e9,
        restored: true,
      }),
      distill({ type: 'layer-start', layer: 'b', index: 1, count: 3 }),
      distill({
        type: 'layer-end',
        layer: 'b',
        index: 1,
        count: 3,
        sqnrDb: 1,
        durationMs: 700,
        restored: false,
      }),
    ];
    const state = events.reduce((before, event) => advance(before, event, 0), initialProgress);
    expect(describeLayersLeft(state, 0)).toBe('about 0.7 s left for the layers');
  });

  test('takes the pace of a resumed pass from the steps that it made itself', () => {
    const step = (at: number) =>
      distill({ type: 'step', layer: 'a', pass: 'fitToTap', step: at, steps: 100, loss: 1 });
    const start = distill({ type: 'run-start', layers: ['a'], resumed: true, backend: 'wasm' });
    const begun = [start, distill({ type: 'layer-start', layer: 'a', index: 0, count: 1 }), step(90)];
    const state = advance(
      begun.reduce((before, event) => advance(before, event, 0), initialProgress),
      step(92),
      200,
    );
    expect(describeLayersLeft(state, 200)).toBe('about 0.8 s left for the layers');
  });
});
