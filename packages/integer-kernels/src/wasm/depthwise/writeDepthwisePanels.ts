import type { DepthwiseConv2dOp } from '../../ops/depthwiseConv2d.js';
import { GROUP_CHANNELS } from '../elements.js';
import { foldedBias } from '../matrix/weightPanels.js';
import type { OutputPlan } from '../outputStage.js';
import { writeRecord } from '../requantization/requantizationRecords.js';
import type { DepthwiseCode } from './depthwiseCode.js';
import { sumCenters, type TapRange, type TapWeights } from './tapSums.js';

/** Writes bias, records, starts of sums and weights of the groups of channels that begin at `starts`. */
export function writeDepthwisePanels(
  view: DataView,
  layer: DepthwiseConv2dOp,
  code: DepthwiseCode,
  { fields }: OutputPlan,
  starts: readonly number[],
  weights: TapWeights,
  range: TapRange,
): void {
  const { panel, sums, stored } = code;
  const depth = weights.height * weights.width;
  const biasOf = foldedBias(layer.bias, weights.values, depth, layer.inputs[0].zeroPoint);
  const centers = sumCenters(weights, range, sums);
  const channels = layer.weights.shape[0];
  const centersOf = (channel: number): number[] => {
    const count = centers.length / channels;
    return centers.slice(channel * count, (channel + 1) * count);
  };
  starts.forEach((start, group) => {
    const offset = group * panel.byteLength;
    const lanes = Array.from({ length: GROUP_CHANNELS }, (_, lane) =>
      start + lane < channels ? start + lane : undefined,
    );
    writeRecord(view, offset + 32, fields, lanes.slice(0, 4));
    writeRecord(view, offset + 32 + stored.recordBytes, fields, lanes.slice(4));
    lanes.forEach((channel, lane) => {
      if (channel === undefined) return;
      const own = centersOf(channel);
      const base = own.reduce((sum, center) => sum + center, biasOf(channel));
      view.setInt32(offset + lane * 4, base, true);
      const taps = weights.values.subarray(channel * depth, (channel + 1) * depth);
      writeTaps(view, offset + panel.rowsOffset + lane * 2, code, own, taps);
    });
  });
}

/** One channel of the kernel rows, whose lane of the first vector lies at the offset. */
function writeTaps(
  view: DataView,
  offset: number,
  { panel, sums, kernel }: DepthwiseCode,
  centers: readonly number[],
  taps: Int16Array,
): void {
  const { segments, isWhole, isCentered } = sums;
  if (isCentered) {
    centers.forEach((center, index) => {
      const segment = index % segments.length;
      const row = (index - segment) / segments.length;
      view.setInt16(offset + (isWhole ? -16 : row * panel.rowBytes + segment * 16), -center, true);
    });
  }
  taps.forEach((weight, tap) => {
    const x = tap % kernel[1];
    const row = (tap - x) / kernel[1];
    view.setInt16(offset + row * panel.rowBytes + panel.startBytes + x * 16, weight, true);
  });
}
