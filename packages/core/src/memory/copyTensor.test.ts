import { describe, expect, test } from '@jest/globals';
import {
  fillHalo as fillHaloReference,
  readTensor as readReference,
  tensorByteLength,
  writeTensor as writeReference,
  type ActivationSpec,
  type TensorLayout,
} from '@bnfree/integer-kernels';
import fc from 'fast-check';
import { numberSource, spec } from '../../test/graphBuilder.js';
import { denseByteLength } from '../graph/tensorSize.js';
import { readTensor, writeTensor } from './copyTensor.js';
import { fillHalo } from './fillHalo.js';

const side = fc.nat(2);
const placed = fc
  .record({
    shape: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 5 }),
    isWide: fc.boolean(),
    extra: fc.nat(3),
    halo: fc.record({ top: side, bottom: side, left: side, right: side }),
  })
  .map(({ shape, isWide, extra, halo }) => {
    const tensor: ActivationSpec = { ...spec(shape), type: isWide ? 'int32' : 'int8' };
    const layout: TensorLayout = {
      channelStride: (shape.at(-1) ?? 1) + extra,
      halo: shape.length === 4 ? halo : { top: 0, bottom: 0, left: 0, right: 0 },
      tailBytes: 0,
    };
    return { tensor, view: { byteOffset: 16, layout } };
  });

function arenaFor(tensor: ActivationSpec, layout: TensorLayout) {
  const byteLength = 16 + Math.ceil(tensorByteLength(tensor, layout) / 16) * 16;
  return { byteLength, bytes: new Uint8Array(byteLength).fill(0xee) };
}

describe('writeTensor, readTensor and fillHalo', () => {
  test('touch the same bytes as those of the kernels package', () => {
    fc.assert(
      fc.property(placed, ({ tensor, view }) => {
        const random = numberSource(3);
        const dense = Uint8Array.from({ length: denseByteLength(tensor) }, () => random(0, 255));
        const values = tensor.type === 'int32' ? new Int32Array(dense.buffer) : new Int8Array(dense.buffer);
        const ours = arenaFor(tensor, view.layout);
        const theirs = arenaFor(tensor, view.layout);
        writeTensor(ours.bytes, tensor, view, dense);
        writeReference(theirs, tensor, view, values);
        expect(ours.bytes).toEqual(theirs.bytes);
        if (tensor.shape.length === 4) {
          fillHalo(ours.bytes, tensor, view, -7);
          fillHaloReference(theirs, tensor, view, -7);
          expect(ours.bytes).toEqual(theirs.bytes);
        }
        const back = new Uint8Array(dense.length);
        readTensor(ours.bytes, tensor, view, back);
        expect(back).toEqual(dense);
        expect(readReference(theirs, tensor, view)).toEqual(values);
      }),
      { numRuns: 300 },
    );
  });
});
