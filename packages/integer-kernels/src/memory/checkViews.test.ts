import { expect, test } from '@jest/globals';
import type { OperandViews } from '../backend.js';
import type { RelayoutOp } from '../ops/relayout.js';
import { checkViews } from './checkViews.js';
import { denseLayout } from './tensorLayout.js';

const tensor = { shape: [1, 2, 2, 4], type: 'int8', zeroPoint: 0, quantMin: -128, quantMax: 127 } as const;
const op: RelayoutOp = { op: 'relayout', inputs: [tensor], output: tensor };
const layout = denseLayout(tensor);
const views: OperandViews = {
  arena: { byteLength: 32, bytes: new Uint8Array(32) },
  inputs: [{ byteOffset: 0, layout }],
  output: { byteOffset: 16, layout },
  constantsOffset: 32,
  scratchOffset: 32,
};

test('operands side by side in the arena are fine', () => {
  expect(checkViews(op, views)).toEqual([]);
});

test.each([
  ['an end behind the arena', { output: { byteOffset: 32, layout } }, 'output'],
  ['an offset that is not a multiple of 16', { output: { byteOffset: 8, layout } }, 'output.byteOffset'],
  ['a negative offset', { inputs: [{ byteOffset: -16, layout }] }, 'inputs[0].byteOffset'],
  ['an offset that is no number', { inputs: [{ byteOffset: NaN, layout }] }, 'inputs[0].byteOffset'],
  ['an output over its input', { output: { byteOffset: 0, layout } }, 'inputs[0]'],
  [
    'too few channels',
    { output: { byteOffset: 16, layout: { ...layout, channelStride: 3 } } },
    'output.layout.channelStride',
  ],
  ['a tail behind the arena', { output: { byteOffset: 16, layout: { ...layout, tailBytes: 1 } } }, 'output'],
  [
    'a halo behind the arena',
    { output: { byteOffset: 16, layout: { ...layout, halo: { ...layout.halo, top: 1 } } } },
    'output',
  ],
  [
    'a negative halo',
    { output: { byteOffset: 16, layout: { ...layout, halo: { ...layout.halo, top: -1 } } } },
    'output.layout',
  ],
  ['a missing operand', { inputs: [] }, 'inputs'],
])('%s is found', (_, change, path) => {
  expect(checkViews(op, { ...views, ...change })).toMatchObject([{ code: 'VIEW_OUT_OF_BOUNDS', path }]);
});

test('a halo is for images alone', () => {
  const rows = { ...tensor, shape: [4, 4] };
  const padded = { ...layout, halo: { ...layout.halo, left: 1 } };
  const issues = checkViews(
    { ...op, inputs: [rows], output: rows },
    { ...views, inputs: [{ byteOffset: 0, layout: padded }] },
  );
  expect(issues).toMatchObject([{ path: 'inputs[0].layout' }]);
});
