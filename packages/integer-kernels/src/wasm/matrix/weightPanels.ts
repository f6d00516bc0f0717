import type { OutputPlan } from '../outputStage.js';
import { writeRecord } from '../requantization/requantizationRecords.js';
import { writeBits } from './bitPanels.js';
import {
  GROUP_CHANNELS,
  panelBytes,
  panelChannels,
  panelCount,
  panelLanes,
  parameterBytes,
  runSteps,
  type PanelChannels,
  type PanelShape,
} from './panelShape.js';
import { productOf } from './product.js';

/** The constants of one matrix product: parameters of all panels, then the panels. */
export interface MatrixConstants {
  readonly panels: PanelChannels;
  readonly output: OutputPlan;
  /** First output channel of this matrix among all channels of the op. */
  readonly firstChannel: number;
  /** Start value of an accumulator. */
  readonly biasOf: (channel: number) => number;
}

/** Bytes of the parameters of all panels. */
export function parametersByteLength({ panels, output }: Pick<MatrixConstants, 'panels' | 'output'>): number {
  return groupCount(panels) * parameterBytes(output.code);
}

/** Bytes of the panels themselves. */
export function panelsByteLength(panels: PanelShape): number {
  return panelCount(panels) * panelBytes(panels);
}

/** Groups of eight channels that the panels have. */
function groupCount(panels: PanelChannels): number {
  return (panelCount(panels) * panelChannels(panels)) / GROUP_CHANNELS;
}

/** Writes bias and requantization records of every group of eight channels. */
export function writeParameters(view: DataView, byteOffset: number, constants: MatrixConstants): void {
  const { panels, output, firstChannel, biasOf } = constants;
  for (let group = 0; group < groupCount(panels); group += 1) {
    const start = byteOffset + group * parameterBytes(output.code);
    const channels = Array.from({ length: GROUP_CHANNELS }, (_, lane) => {
      const channel = group * GROUP_CHANNELS + lane;
      return channel < panels.channels ? firstChannel + channel : undefined;
    });
    channels.forEach((channel, lane) => {
      view.setInt32(start + lane * 4, channel === undefined ? 0 : biasOf(channel), true);
    });
    writeRecord(view, start + 32, output.fields, channels.slice(0, 4));
    writeRecord(view, start + 32 + output.code.recordBytes, output.fields, channels.slice(4));
  }
}

/** Writes rows of weights as panels, zero beyond the last channel and the end of a run. */
export function writePanels(
  view: DataView,
  byteOffset: number,
  panels: PanelShape,
  weights: Int16Array,
  firstRow: number,
): void {
  const { product, runs, runLength, channels } = panels;
  const { depth } = productOf(product);
  const length = panelsByteLength(panels);
  const bytes = new Uint8Array(view.buffer, view.byteOffset + byteOffset, length);
  bytes.fill(0);
  if (product.zeroBit !== undefined) {
    writeBits(bytes, panels, weights, firstRow);
    return;
  }
  const elements =
    product.weightBytes === 1
      ? new Int8Array(bytes.buffer, bytes.byteOffset, length)
      : new Int16Array(bytes.buffer, bytes.byteOffset, length / 2);
  const lanes = panelLanes(product);
  const ofPanel = panelChannels(panels);
  // Whole pairs of halfwords are copied as words.
  const arePairs = product.weightBytes === 2 && depth === 2 && lanes === ofPanel && runLength % 2 === 0;
  const pairs = new Int32Array(bytes.buffer, bytes.byteOffset, length / 4);
  const wholePairs = new Int32Array(weights.buffer, weights.byteOffset, weights.length >> 1);
  const stepElements = lanes * depth;
  const runElements = runSteps(panels) * stepElements;
  for (let channel = 0; channel < channels; channel += 1) {
    const panel = Math.floor(channel / ofPanel);
    const lane = channel % lanes;
    // Of two channels in a lane the second lies higher.
    const factor = channel % ofPanel < lanes ? 1 : 2 ** (product.pairing?.shift ?? 0);
    for (let run = 0; run < runs; run += 1) {
      const source = ((firstRow + channel) * runs + run) * runLength;
      let step = (panel * runs + run) * runElements + lane * depth;
      if (arePairs) {
        copySpread(pairs, step / 2, lanes, wholePairs, source / 2, runLength / 2);
        continue;
      }
      for (let k = 0; k < runLength; k += depth, step += stepElements) {
        const end = Math.min(depth, runLength - k);
        for (let index = 0; index < end; index += 1)
          elements[step + index] += factor * weights[source + k + index];
      }
    }
  }
}

/** Copies words that follow one another to every `step`-th place. */
function copySpread(
  target: Int32Array,
  at: number,
  step: number,
  source: Int32Array,
  from: number,
  count: number,
): void {
  for (let index = 0, to = at; index < count; index += 1, to += step) target[to] = source[from + index];
}

/**
 * The bias with the input's zero point folded in: `bias - zeroPoint * sum(weights)`, modulo 2^32.
 *
 * Where weights of -1 and 1 meet bits, what is most stands there: every bit meets its like.
 */
export function foldedBias(
  bias: Int32Array | undefined,
  weights: Int16Array,
  depth: number,
  inputZeroPoint: number,
  zeroBit?: number,
): (channel: number) => number {
  if (inputZeroPoint === 0 && zeroBit === undefined) return (channel) => bias?.[channel] ?? 0;
  return (channel) => {
    let sum = 0;
    for (let k = channel * depth; k < (channel + 1) * depth; k += 1) sum = (sum + weights[k]) | 0;
    const most = zeroBit === undefined ? 0 : (sum + depth) / 2;
    const zero = inputZeroPoint - (zeroBit ?? 0);
    return ((bias?.[channel] ?? 0) - Math.imul(zero, sum) + most) | 0;
  };
}
