import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { removeRow, storedRow } from '../src/measureRow.js';
import { rowId, rowSpecs } from '../src/rowSpec.js';

const [spec, other] = rowSpecs();
let root: string;
let place: { readonly out: string; readonly rows: string };

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'accuracy-'));
  place = { out: join(root, 'out'), rows: join(root, 'rows') };
  await mkdir(place.rows);
  await mkdir(join(place.out, 'quick', rowId(spec)), { recursive: true });
  await writeFile(join(place.rows, `${rowId(spec)}.json`), JSON.stringify({ ...spec, top1: 90 }));
  await writeFile(join(place.out, 'quick', rowId(spec), 'row.json'), JSON.stringify({ ...spec, top1: 50 }));
});
afterEach(async () => {
  await rm(root, { recursive: true });
});

describe('storedRow', () => {
  test('finds whole measurements in the repository, short looks beside their checkpoints', async () => {
    expect(await storedRow(spec, { ...place, isQuick: false })).toMatchObject({ top1: 90 });
    expect(await storedRow(spec, { ...place, isQuick: true })).toMatchObject({ top1: 50 });
    expect(await storedRow(other, { ...place, isQuick: false })).toBeUndefined();
  });

  test('a short look takes no whole measurement away', async () => {
    await removeRow(spec, { ...place, isQuick: true });
    expect(await storedRow(spec, { ...place, isQuick: true })).toBeUndefined();
    expect(await storedRow(spec, { ...place, isQuick: false })).toMatchObject({ top1: 90 });
    await removeRow(spec, { ...place, isQuick: false });
    expect(await readdir(place.rows)).toEqual([]);
  });
});

describe('the rows of the repository', () => {
  test('are those of the queue, each in its own file', async () => {
    const ids = new Set(rowSpecs().map(rowId));
    const files = await readdir(join(__dirname, '../rows'));
    expect(files.filter((file) => !ids.has(file.replace(/\.json$/, '')))).toEqual([]);
  });
});
