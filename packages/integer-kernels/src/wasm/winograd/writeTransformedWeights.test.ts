import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { convolutionOutputSize } from '../../ops/window.js';
import { FREQUENCIES, PATCH, winogradShape } from './winogradShape.js';
import { writeTransformedWeights } from './writeTransformedWeights.js';

/** Interpolation at 0, 1, -1, 2, -2 and infinity, rows scaled to whole numbers. */
const rowsOfG = [
  [6n, 0n, 0n],
  [-1n, -1n, -1n],
  [-1n, 1n, -1n],
  [1n, 2n, 4n],
  [1n, -2n, 4n],
  [0n, 0n, 6n],
];

const draws = fc.record({
  groups: fc.integer({ min: 1, max: 2 }),
  channels: fc.integer({ min: 1, max: 36 }),
  groupChannels: fc.integer({ min: 1, max: 9 }),
  kernel: fc.tuple(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 7 })),
  strides: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
  level: fc.constantFrom(1, 127, 510),
  seed: fc.nat(),
});

test('every weight of every frequency is G w G, written out in big integers', () => {
  fc.assert(
    fc.property(draws, ({ groups, channels, groupChannels, kernel, strides, level, seed }) => {
      const size = (axis: 0 | 1): number =>
        convolutionOutputSize({
          inputSize: 20,
          kernel: kernel[axis],
          stride: strides[axis],
          dilation: 1,
          before: 0,
          after: 0,
        });
      const shape = winogradShape({
        output: { shape: [1, size(0), size(1), channels * groups] },
        weights: { shape: [channels * groups, ...kernel, groupChannels] },
        strides,
        groups,
      });
      const weights = Int16Array.from(
        { length: channels * kernel[0] * kernel[1] * groupChannels },
        (_, k) => ((Math.imul(k + seed, 2654435761) >>> 8) % (2 * level + 1)) - level,
      );
      const words = new Int32Array(shape.panels * FREQUENCIES * shape.depthPairs * 8).fill(-1);
      writeTransformedWeights(words, weights, shape, kernel);
      const stored = new Int16Array(words.buffer);
      const weightAt = (n: number, y: number, x: number, c: number): bigint =>
        n < channels && y < kernel[0] && x < kernel[1]
          ? BigInt(weights[((n * kernel[0] + y) * kernel[1] + x) * groupChannels + c])
          : 0n;
      let at = 0;
      for (let first = 0; first < shape.panels; first += shape.panelBlock) {
        const panels = Math.min(shape.panelBlock, shape.panels - first);
        for (let frequency = 0; frequency < FREQUENCIES; frequency += 1) {
          const [row, column] = [rowsOfG[Math.floor(frequency / PATCH)], rowsOfG[frequency % PATCH]];
          for (let panel = 0; panel < panels; panel += 1) {
            for (let k = 0; k < shape.depthPairs * 16; k += 1, at += 1) {
              const channel = (first + panel) * 8 + ((k >> 1) & 7);
              const depth = (k >> 4) * 2 + (k & 1);
              let expected = 0n;
              if (depth < shape.depth) {
                const c = depth % groupChannels;
                const position = Math.floor(depth / groupChannels);
                const between = position % (strides[0] * strides[1]);
                const part = Math.floor(position / (strides[0] * strides[1]));
                for (let i = 0; i < 3; i += 1) {
                  for (let j = 0; j < 3; j += 1) {
                    const y = (Math.floor(part / shape.parts[1]) * 3 + i) * strides[0];
                    const x = ((part % shape.parts[1]) * 3 + j) * strides[1];
                    const w = weightAt(
                      channel,
                      y + Math.floor(between / strides[1]),
                      x + (between % strides[1]),
                      c,
                    );
                    expected += row[i] * column[j] * w;
                  }
                }
              }
              if (BigInt(stored[at]) !== expected) {
                expect({ at, channel, depth, frequency, got: stored[at] }).toEqual({ expected });
              }
            }
          }
        }
      }
      expect(at).toBe(stored.length);
    }),
    { numRuns: 25 },
  );
});
