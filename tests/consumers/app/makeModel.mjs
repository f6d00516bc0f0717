// Writes a small model by hand; in a real app the file comes from a training run.
import { writeArtifact } from '@bnfree/core';

const image = { shape: [1, 2, 2, 1], type: 'uint8', zeroPoint: 0, quantMin: 0, quantMax: 255 };
const pixels = { ...image, shape: [1, 4] };
const logits = { shape: [1, 2], type: 'int8', zeroPoint: 0, quantMin: -128, quantMax: 127 };
const one = { multiplier: 1, shift: 0 };

await writeArtifact('model.bnfree', {
  name: 'dark or bright',
  inputs: [{ name: 'image', tensor: image, scale: one }],
  nodes: [
    { name: 'flatten', inputs: ['image'], op: { op: 'reshape', inputs: [image], output: pixels } },
    {
      name: 'classify',
      inputs: ['flatten'],
      op: {
        op: 'dense',
        inputs: [pixels],
        output: logits,
        weights: {
          bits: 8,
          code: 'twosComplement',
          zeroPoint: 0,
          shape: [2, 4],
          data: Uint8Array.from(Int8Array.of(-1, -1, -1, -1, 1, 1, 1, 1)),
        },
        bias: Int32Array.of(512, -512),
        requantization: { kind: 'shift', rounding: 'halfUp', shifts: Int32Array.of(3) },
      },
    },
  ],
  outputs: [{ name: 'logits', value: 'classify', scale: { multiplier: 1, shift: 5 } }],
  classes: ['dark', 'bright'],
  metadata: {},
  selfTest: {
    inputs: [Uint8Array.of(255, 255, 0, 130)],
    outputs: [Uint8Array.from(Int8Array.of(-16, 16))],
  },
});
