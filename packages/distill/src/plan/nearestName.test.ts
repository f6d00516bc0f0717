import { describe, expect, test } from '@jest/globals';
import { editDistance, nearestName } from './nearestName.js';

describe('nearestName', () => {
  test('finds what was probably meant, whatever the case', () => {
    expect(nearestName('weigths', ['weights', 'activations'])).toBe('weights');
    expect(nearestName('PERLAYER', ['perChannel', 'perLayer'])).toBe('perLayer');
  });

  test('is null when nothing is near or there is nothing', () => {
    expect(nearestName('colour', ['bits', 'weights'])).toBeNull();
    expect(nearestName('bits', [])).toBeNull();
  });
});

describe('editDistance', () => {
  test('counts insertions, deletions, replacements and swaps', () => {
    expect(editDistance('', 'abc')).toBe(3);
    expect(editDistance('bits', 'bit')).toBe(1);
    expect(editDistance('bits', 'bats')).toBe(1);
    expect(editDistance('bits', 'btis')).toBe(1);
    expect(editDistance('kitten', 'sitting')).toBe(3);
  });
});
