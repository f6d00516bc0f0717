import { describe, expect, test } from '@jest/globals';
import type { KernelBackend } from '../backend.js';
import type { MaxPool2dOp } from '../ops/maxPool2d.js';
import { typescriptBackend } from '../typescript/backend.js';
import { checkReserved } from './checkReserved.js';
import { checkViews } from './checkViews.js';
import { type PlaceOperandsOptions, placeOperands, writeInputs } from './placeOperands.js';
import { readTensor } from './tensorValues.js';

const image = { shape: [1, 2, 2, 3], type: 'int8', zeroPoint: 0, quantMin: -128, quantMax: 127 } as const;
const op: MaxPool2dOp = {
  op: 'maxPool2d',
  inputs: [image],
  output: image,
  kernel: [1, 1],
  strides: [1, 1],
  padding: { top: 0, bottom: 0, left: 0, right: 0 },
};
const halo = { top: 1, bottom: 0, left: 1, right: 0 };
/** A backend that wants a halo, padded channels and memory of its own. */
const demanding: Pick<KernelBackend, 'layout'> = {
  layout: () => ({
    inputs: [{ channelMultiple: 4, halo, haloValue: -1, tailBytes: 3 }],
    output: { channelMultiple: 8, halo: { ...halo, top: 0, left: 0 }, haloValue: null, tailBytes: 0 },
    constantBytes: 20,
    scratchBytes: 5,
  }),
};

describe('placeOperands', () => {
  test('gives every part what the backend asks for, at multiples of 16', () => {
    const input = { byteOffset: 0, layout: { channelStride: 4, halo, tailBytes: 3 } };
    expect(placeOperands(demanding, op)).toEqual({
      inputs: [input],
      // 9 pixels of 4 channels and the tail end at byte 39.
      output: {
        byteOffset: 48,
        layout: { channelStride: 8, halo: { ...halo, top: 0, left: 0 }, tailBytes: 0 },
      },
      constantsOffset: 80,
      scratchOffset: 112,
      haloValues: [-1],
      byteLength: 128,
    });
  });

  test('dense layouts have no halo, but constants and scratch', () => {
    const places = placeOperands(demanding, op, { layouts: 'dense' });
    expect(places).toMatchObject({
      constantsOffset: 32,
      scratchOffset: 64,
      haloValues: [null],
      byteLength: 80,
    });
    expect(places.inputs[0].layout.channelStride).toBe(3);
  });

  test('leaves gaps, begins where it is told to, and takes any layout', () => {
    const layouts: PlaceOperandsOptions['layouts'] = ({ shape }) => ({
      channelStride: shape[3] + 1,
      halo: { ...halo, bottom: 1 },
      tailBytes: 0,
    });
    const places = placeOperands(demanding, op, { layouts, start: 100, gap: 10 });
    expect(places.inputs[0].byteOffset).toBe(112);
    expect(places.output.byteOffset).toBe(176);
    expect(places.byteLength).toBe(288);
    const views = { ...places, arena: { byteLength: 288, bytes: new Uint8Array(288) } };
    expect([...checkViews(op, views), ...checkReserved(demanding.layout(op), views)]).toEqual([]);
  });

  test('is what prepare takes, and its inputs can be written', async () => {
    const backend = typescriptBackend();
    const places = placeOperands(demanding, op);
    const arena = await backend.allocate(places.byteLength);
    const values = Int8Array.from({ length: 12 }, (_, i) => i - 6);
    writeInputs(arena, op, places, [values]);
    await (await backend.prepare(op, { ...places, arena })).run();
    expect(readTensor(arena, op.output, places.output)).toEqual(values);
    // The halo above the first row.
    expect([...arena.bytes.subarray(0, 12)]).toEqual(new Array<number>(12).fill(255));
  });

  test('refuses options that it does not know or cannot use', () => {
    const options = { layout: 'dense', layouts: 'sparse', start: -1, gap: 0.5 } as object;
    expect(() => placeOperands(demanding, op, options)).toThrow(
      expect.objectContaining({
        issues: [
          expect.objectContaining({ code: 'UNKNOWN_OPTION', fix: 'did you mean layouts?' }),
          expect.objectContaining({ code: 'INVALID_VALUE', path: 'options.layouts' }),
          expect.objectContaining({ code: 'INVALID_VALUE', path: 'options.start' }),
          expect.objectContaining({ code: 'INVALID_VALUE', path: 'options.gap' }),
        ],
      }),
    );
  });
});
