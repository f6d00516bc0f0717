import { expect, test } from '@jest/globals';
import { denseLayout, requestedLayout, tensorByteLength, tensorStrides } from './tensorLayout.js';

const image = { shape: [2, 3, 4, 5], type: 'int8' } as const;
const halo = { top: 1, bottom: 2, left: 3, right: 4 };
const request = { channelMultiple: 8, halo, haloValue: 0, tailBytes: 7 };

test('a dense tensor takes its elements and nothing else', () => {
  expect(tensorByteLength(image, denseLayout(image))).toBe(120);
  expect(tensorByteLength({ ...image, type: 'int32' }, denseLayout(image))).toBe(480);
  expect(tensorStrides(image, denseLayout(image))).toEqual({ origin: 0, strides: [60, 20, 5, 1] });
});

test('a granted request pads channels, surrounds every image and adds the tail once', () => {
  const layout = requestedLayout(image, request);
  expect(layout).toEqual({ channelStride: 8, halo, tailBytes: 7 });
  expect(tensorByteLength(image, layout)).toBe(2 * 6 * 11 * 8 + 7);
  expect(tensorStrides(image, layout)).toEqual({ origin: 88 + 24, strides: [528, 88, 8, 1] });
});

test('tensors of another rank have rows of channels and no halo', () => {
  const rows = { shape: [2, 3, 5], type: 'uint8' } as const;
  const layout = requestedLayout(rows, request);
  expect(layout.halo).toEqual({ top: 0, bottom: 0, left: 0, right: 0 });
  expect(tensorByteLength(rows, layout)).toBe(2 * 3 * 8 + 7);
  expect(tensorStrides(rows, layout)).toEqual({ origin: 0, strides: [24, 8, 1] });
  expect(tensorStrides({ shape: [5], type: 'int8' }, layout)).toEqual({ origin: 0, strides: [1] });
});
