import { GROUP_CHANNELS } from '../elements.js';
import type { RecordField } from '../requantization/requantizationCode.js';
import { writeRecord } from '../requantization/requantizationRecords.js';
import type { DepthwiseCode } from './depthwiseCode.js';
import type { ScaledSums } from './scaledSums.js';
import type { TapWeights } from './tapSums.js';

/** Everything that stands in the constants. */
export interface DepthwiseConstants {
  readonly weights: TapWeights;
  /** Of every sum. */
  readonly centers: readonly number[];
  /** Of every channel. */
  readonly bases: readonly number[];
  readonly scaled: ScaledSums | undefined;
  readonly fields: readonly RecordField[];
}

/** Writes the panels of the groups of channels that begin at `starts`. */
export function writeDepthwisePanels(
  view: DataView,
  code: DepthwiseCode,
  constants: DepthwiseConstants,
  starts: readonly number[],
): void {
  const { panel, stored } = code;
  const { bases, fields } = constants;
  starts.forEach((start, group) => {
    const offset = group * panel.byteLength;
    const lanes = Array.from({ length: GROUP_CHANNELS }, (_, lane) =>
      start + lane < bases.length ? start + lane : undefined,
    );
    writeRecord(view, offset + 32, fields, lanes.slice(0, 4));
    writeRecord(view, offset + 32 + stored.recordBytes, fields, lanes.slice(4));
    lanes.forEach((channel, lane) => {
      if (channel !== undefined) writeLane(view, offset, lane, code, constants, channel);
    });
  });
}

/** Writes one channel of a panel. */
function writeLane(
  view: DataView,
  offset: number,
  lane: number,
  { panel, sums, tapsAtOnce, kernel: [height, width] }: DepthwiseCode,
  { weights, centers, bases, scaled }: DepthwiseConstants,
  channel: number,
): void {
  const setHalfword = (position: number, value: number): void => {
    view.setInt16(offset + position + lane * 2, value, true);
  };
  const setWord = (position: number, value: number): void => {
    view.setInt32(offset + position + lane * 4, value, true);
  };
  setWord(0, scaled === undefined ? bases[channel] : scaled.addends[channel]);
  if (scaled !== undefined) {
    // The factors of a pair: of the sum, and of its low product.
    setWord(panel.factorsOffset, scaled.high[channel] | (1 << 16));
    setHalfword(panel.factorsOffset + 32, scaled.low[channel]);
  }
  const count = sums.segments.length;
  const parts = sums.areWhole ? 1 : height;
  for (let part = 0; sums.areCentered && part < parts; part += 1) {
    const position = sums.areWhole ? panel.startsOffset : panel.rowsOffset + part * panel.rowBytes;
    for (let segment = 0; segment < count; segment += 1) {
      setHalfword(position + segment * 16, -centers[(channel * parts + part) * count + segment]);
    }
  }
  for (let row = 0; row < height; row += 1) {
    const position = panel.rowsOffset + row * panel.rowBytes + panel.startBytes;
    const taps = weights.values.subarray((channel * height + row) * width).subarray(0, width);
    for (let x = 0; x < width; x += tapsAtOnce) {
      const pair = (taps[x] & 0xff) | ((x + 1 < width ? taps[x + 1] : 0) << 8);
      setHalfword(position + (x / tapsAtOnce) * 16, tapsAtOnce === 2 ? pair : taps[x]);
    }
  }
}
