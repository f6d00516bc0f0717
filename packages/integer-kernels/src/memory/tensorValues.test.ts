import { expect, test } from '@jest/globals';
import type { Arena } from '../backend.js';
import { fillHalo, readTensor, writeTensor } from './tensorValues.js';

const image = { shape: [1, 2, 2, 2], type: 'int8' } as const;
const view = {
  byteOffset: 16,
  layout: { channelStride: 3, halo: { top: 1, bottom: 0, left: 0, right: 1 }, tailBytes: 0 },
};

function arenaOf(byteLength: number): Arena {
  return { byteLength, bytes: new Uint8Array(byteLength).fill(9) };
}

test('values are written between the holes of the layout and read back', () => {
  const arena = arenaOf(16 + 27);
  writeTensor(arena, image, view, [1, 2, 3, 4, 5, 6, 7, -8]);
  const rows = [1, 2, 9, 3, 4, 9, 9, 9, 9, 5, 6, 9, 7, 248, 9, 9, 9, 9];
  expect([...arena.bytes.subarray(16 + 9)]).toEqual(rows);
  expect(readTensor(arena, image, view)).toEqual(Int8Array.of(1, 2, 3, 4, 5, 6, 7, -8));
});

test('the halo is filled with all its channels, and nothing else is', () => {
  const arena = arenaOf(16 + 27);
  fillHalo(arena, image, view, -1);
  const top = Array.from({ length: 9 }, () => 255);
  const row = [9, 9, 9, 9, 9, 9, 255, 255, 255];
  expect([...arena.bytes.subarray(16)]).toEqual([...top, ...row, ...row]);
  expect([...arena.bytes.subarray(0, 16)]).toEqual(Array.from({ length: 16 }, () => 9));
});

test('int32 values stand at multiples of four bytes', () => {
  const arena = arenaOf(32);
  const tensor = { shape: [2], type: 'int32' } as const;
  const place = { byteOffset: 16, layout: { ...view.layout, channelStride: 2 } };
  writeTensor(arena, tensor, place, [-2, 70000]);
  expect([...new Int32Array(arena.bytes.buffer, 16, 2)]).toEqual([-2, 70000]);
});
