import { describe, expect, test } from '@jest/globals';
import { ENTRY_BYTES, tileLists, tileListsByteLength, tilesOfRow, type Walk } from './tileLists.js';

const widths = Array.from({ length: 70 }, (_, index) => index + 1);

describe('tiles of a row', () => {
  test.each(widths)('of %i pixels cover it, each pixel once', (columns) => {
    const tiles = tilesOfRow(columns);
    expect(tiles.reduce((sum, { pixels, count }) => sum + pixels * count, 0)).toBe(columns);
    expect(tiles.every(({ pixels, count }) => pixels <= 4 && count > 0)).toBe(true);
  });

  test('are of three or four pixels where that is possible', () => {
    const small = widths.filter((columns) => tilesOfRow(columns).some(({ pixels }) => pixels < 3));
    expect(small).toEqual([1, 2, 5]);
  });
});

describe('tile lists', () => {
  test.each<[Walk, number, number, number]>([
    ['rows', 13, 5, 13],
    ['rows', 5, 1, 1],
    ['pixels', 1, 8, 23],
    ['pixels', 1, 4, 3],
    ['pixels', 1, 1024, 4096],
  ])('by %s of %i columns do not overlap and fit their memory', (walk, columns, size, total) => {
    let end = 0;
    for (const { offset, perRow } of tileLists(walk, columns, size, total)) {
      expect(offset).toBe(end);
      end = offset + perRow * (walk === 'rows' ? size : 1) * ENTRY_BYTES;
    }
    expect(tileListsByteLength(walk, columns, size)).toBeGreaterThanOrEqual(end);
  });
});
