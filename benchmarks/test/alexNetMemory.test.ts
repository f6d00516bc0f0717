import { encodeArtifact, IntegerModel } from '@bnfree/core';
import { describe, expect, test } from '@jest/globals';
import { alexNet, type AlexNetOptions } from '../src/networks/alexNet.js';

const settings: Readonly<Record<string, AlexNetOptions>> = {
  W8A8: {},
  W4A4: { bits: 4 },
  W2A4: { bits: 4, weightBits: 2 },
};

describe("AlexNet of a quarter's width with memory: 'small'", () => {
  test.each(Object.entries(settings))(
    '%s holds its activations and at most 1.5 times its file',
    async (_, options) => {
      const bytes = encodeArtifact(alexNet({ ...options, width: 1 / 4 }));
      for (const batchSize of [1, 8]) {
        const [small, fast] = [
          await IntegerModel.load(bytes, { memory: 'small', batchSize, threads: 1 }),
          await IntegerModel.load(bytes, { memory: 'fast', batchSize, threads: 1 }),
        ];
        const { steadyBytes, peakBytes, activationBytes } = small.describe().memory;
        expect((steadyBytes - activationBytes) / bytes.length).toBeLessThanOrEqual(1.5);
        // What was read, and what was made of it.
        expect(peakBytes).toBeLessThanOrEqual(steadyBytes + 2 * bytes.length);
        expect(fast.describe().memory.steadyBytes).toBeGreaterThan(steadyBytes + bytes.length);
        const image = new Uint8Array(224 * 224 * 3).map((_, at) => (at * 37) % 251);
        expect((await small.run(image)).output).toEqual((await fast.run(image)).output);
        await Promise.all([small.dispose(), fast.dispose()]);
      }
    },
  );
});
