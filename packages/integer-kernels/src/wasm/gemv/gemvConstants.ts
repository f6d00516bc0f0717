import { recordsByteLength, writeRecords } from '../channelGroups.js';
import type { OutputPlan } from '../outputStage.js';
import type { RowReader } from './rowReader.js';

/** Rows that parameters are filled up to. */
const ROWS = 16;

/** Where the constants of a matrix times a vector lie: start values, records, weights. */
export interface GemvConstants {
  readonly recordsOffset: number;
  readonly weightsOffset: number;
  readonly byteLength: number;
}

/** Places the constants of `units` output channels. */
export function gemvConstants(
  output: Pick<OutputPlan, 'code'>,
  units: number,
  weightsBytes: number,
): GemvConstants {
  const recordsOffset = Math.ceil(units / ROWS) * ROWS * 4;
  const weightsOffset = recordsOffset + recordsByteLength(output, units);
  return { recordsOffset, weightsOffset, byteLength: weightsOffset + weightsBytes };
}

/** Writes start values and records. */
export function writeGemvParameters(
  view: DataView,
  { recordsOffset }: GemvConstants,
  output: OutputPlan,
  starts: Int32Array,
): void {
  new Int32Array(view.buffer, view.byteOffset, recordsOffset / 4).fill(0).set(starts);
  writeRecords(view, recordsOffset, output, starts.length);
}

/** Writes rows as `[rows / 4][chunks][4][16 bytes]`; a last group of fewer rows leaves the rest unspecified. */
export function writeInterleavedRows(
  target: Int32Array,
  rows: number,
  chunks: number,
  reader: RowReader,
  onRow: (row: number) => void,
): void {
  const { words } = reader;
  for (let row = 0; row < rows; row += 1) {
    reader.read(row);
    onRow(row);
    const lane = row & 3;
    let to = (row - lane) * chunks * 4 + lane * 4;
    for (let from = 0; from < words.length; from += 4, to += 16) {
      target[to] = words[from];
      target[to + 1] = words[from + 1];
      target[to + 2] = words[from + 2];
      target[to + 3] = words[from + 3];
    }
  }
}
