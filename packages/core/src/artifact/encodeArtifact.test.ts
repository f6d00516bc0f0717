import { describe, expect, test } from '@jest/globals';
import { convNet } from '../../test/sampleGraphs.js';
import { decodeArtifact, encodeArtifact, graphDigest, IntegerModel, withSelfTest } from '../index.js';

describe('artifact', () => {
  test('what is decoded is what was encoded', async () => {
    const graph = await withSelfTest(convNet());
    const bytes = encodeArtifact(graph);
    const decoded = decodeArtifact(bytes);
    expect(decoded).toEqual(graph);
    expect(encodeArtifact(decoded)).toEqual(bytes);
    expect(graphDigest(decoded)).toBe(graphDigest(graph));
    const model = await IntegerModel.load(bytes);
    const result = await model.run(new Uint8Array(192 * 3).fill(7));
    expect(result.output.length).toBe(12);
    expect((await model.selfTest()).passed).toBe(true);
  });
});
