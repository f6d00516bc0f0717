import { describe, expect, test } from '@jest/globals';
import { ENTRY_BYTES, tileLists, tileListsByteLength, tilesOfRow, type TileShape } from './tileLists.js';

const widths = Array.from({ length: 70 }, (_, index) => index + 1);

describe.each([3, 4])('tiles of %i pixels', (full) => {
  test.each(widths)('cover a row of %i, each pixel once', (columns) => {
    const tiles = tilesOfRow(columns, full);
    expect(tiles.reduce((sum, { pixels, count }) => sum + pixels * count, 0)).toBe(columns);
    expect(tiles.every(({ pixels, count }) => pixels <= full && count > 0)).toBe(true);
  });

  test('are at most one pixel smaller where that is possible', () => {
    const small = widths.filter((columns) =>
      tilesOfRow(columns, full).some(({ pixels }) => pixels < full - 1),
    );
    expect(small).toEqual({ 3: [1], 4: [1, 2, 5] }[full]);
  });
});

describe('tile lists', () => {
  test.each<TileShape>([
    { walk: 'rows', full: 4, columns: 13, size: 5, total: 13 },
    { walk: 'rows', full: 4, columns: 5, size: 1, total: 1 },
    { walk: 'rows', full: 3, columns: 13, size: 4, total: 13 },
    { walk: 'pixels', full: 4, columns: 1, size: 8, total: 23 },
    { walk: 'pixels', full: 4, columns: 1, size: 4, total: 3 },
    { walk: 'pixels', full: 3, columns: 1, size: 1023, total: 4096 },
  ])('by $walk of $size do not overlap and fit their memory', (shape) => {
    let end = 0;
    for (const { offset, perRow } of tileLists(shape)) {
      expect(offset).toBe(end);
      end = offset + perRow * (shape.walk === 'rows' ? shape.size : 1) * ENTRY_BYTES;
    }
    expect(tileListsByteLength(shape)).toBeGreaterThanOrEqual(end);
  });
});
