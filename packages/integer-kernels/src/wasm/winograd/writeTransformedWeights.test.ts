import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { convolutionOutputSize } from '../../ops/window.js';
import { FREQUENCIES, PATCH, pairsAt, panelWeightBytes, winogradShape } from './winogradShape.js';
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

/** The row or column of the kernel where a tap of a run lies. */
function tapOf(run: number, tap: number, stride: number): number {
  return (Math.floor(run / stride) * 3 + tap) * stride + (run % stride);
}

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
      const words = new Int32Array((shape.panels * panelWeightBytes(shape)) / 4).fill(-1);
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
          const [y, x] = [Math.floor(frequency / PATCH), frequency % PATCH];
          const down = (y === PATCH - 1 ? shape.wholeRuns : shape.runs)[0];
          const across = (x === PATCH - 1 ? shape.wholeRuns : shape.runs)[1];
          for (let panel = 0; panel < panels; panel += 1) {
            for (let k = 0; k < pairsAt(shape, y, x) * 16; k += 1, at += 1) {
              const channel = (first + panel) * 8 + ((k >> 1) & 7);
              const depth = (k >> 4) * 2 + (k & 1);
              const run = Math.floor(depth / groupChannels);
              let expected = 0n;
              if (run < down * across) {
                const [runDown, runAcross] = [Math.floor(run / across), run % across];
                for (let i = 0; i < 3; i += 1) {
                  for (let j = 0; j < 3; j += 1) {
                    const w = weightAt(
                      channel,
                      tapOf(runDown, i, strides[0]),
                      tapOf(runAcross, j, strides[1]),
                      depth % groupChannels,
                    );
                    expected += rowsOfG[y][i] * rowsOfG[x][j] * w;
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

test('what is zero at a frequency is not stored: a share of the products of 3x3 taps is left', () => {
  const productsOf = (kernel: number, stride: number): number => {
    const sizes = { output: { shape: [1, 8, 8, 8] }, weights: { shape: [8, kernel, kernel, 8] } };
    return winogradShape({ ...sizes, strides: [stride, stride], groups: 1 }).products / 8;
  };
  expect([productsOf(3, 1), productsOf(5, 1), productsOf(3, 2), productsOf(11, 4)]).toEqual([
    36, 121, 100, 529,
  ]);
});
