import { describe, expect, test } from '@jest/globals';
import type { ImageDataset } from './imageDataset.js';
import { subset } from './subset.js';

const dataset: ImageDataset = {
  count: 200,
  shape: [1, 2, 3],
  images: Uint8Array.from({ length: 1200 }, (_, i) => Math.floor(i / 6)),
  labels: Uint8Array.from({ length: 200 }, (_, i) => i),
};

describe('subset', () => {
  test('keeps images with their labels', () => {
    const { count, shape, images, labels } = subset(dataset, 50, 3);
    expect({ count, shape }).toEqual({ count: 50, shape: [1, 2, 3] });
    expect(Array.from(images)).toEqual(
      Array.from(labels).flatMap((label) => new Array<number>(6).fill(label)),
    );
  });

  test('draws every image at most once', () => {
    expect(new Set(subset(dataset, 200, 9).labels).size).toBe(200);
  });

  test('draws the same images for the same seed and others for another', () => {
    expect(subset(dataset, 20, 4)).toEqual(subset(dataset, 20, 4));
    expect(subset(dataset, 20, 4).labels).not.toEqual(subset(dataset, 20, 5).labels);
  });

  test('is a prefix of a larger draw with the same seed', () => {
    expect(subset(dataset, 20, 4).labels).toEqual(subset(dataset, 60, 4).labels.slice(0, 20));
  });

  test('draws all images about equally often', () => {
    const hits = new Array<number>(200).fill(0);
    for (let seed = 0; seed < 2000; seed += 1)
      for (const label of subset(dataset, 10, seed).labels) hits[label] += 1;
    // Binomial(2000, 1/20): mean 100, standard deviation 9.7.
    expect(Math.min(...hits)).toBeGreaterThan(55);
    expect(Math.max(...hits)).toBeLessThan(145);
  });

  test('refuses counts and seeds out of range, all at once', () => {
    expect(() => subset(dataset, 201, -1)).toThrow(/count[\s\S]*seed/);
  });
});
