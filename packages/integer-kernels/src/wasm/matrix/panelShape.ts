import type { OutputCode } from '../outputStage.js';

/** Output channels of a panel. */
export const PANEL_CHANNELS = 8;

/** Rows of a full tile. */
export const TILE_ROWS = 4;

/** A matrix of weights cut into panels of eight output channels. */
export interface PanelShape {
  /** Products of one accumulator. */
  readonly depth: number;
  /** Pairs of products of one accumulator, filled up with zero weights. */
  readonly depthPairs: number;
  /** Output channels. */
  readonly channels: number;
  /** Bytes of a stored weight. */
  readonly weightBytes: 1 | 2;
}

/** Panels that hold the channels. */
export function panelCount({ channels }: PanelShape): number {
  return Math.ceil(channels / PANEL_CHANNELS);
}

/** Channels of the last panel, 1 .. 8. */
export function lastPanelChannels({ channels }: PanelShape): number {
  return channels - (Math.ceil(channels / PANEL_CHANNELS) - 1) * PANEL_CHANNELS;
}

/** Bytes of one panel, laid out as `[depthPairs][8 channels][2]`. */
export function panelBytes({ depthPairs, weightBytes }: PanelShape): number {
  return depthPairs * 2 * PANEL_CHANNELS * weightBytes;
}

/** Bytes of one row of int16 activations. */
export function rowBytes({ depthPairs }: PanelShape): number {
  return depthPairs * 4;
}

/** Bytes of the parameters of one panel: eight biases, then the two records of four channels. */
export function parameterBytes({ recordBytes }: OutputCode): number {
  return PANEL_CHANNELS * 4 + 2 * recordBytes;
}

/** A few rows alone have too few accumulators to hide the latency of the products: they unroll the depth instead. */
export function tailUnroll(rows: number): 1 | 2 | 4 {
  if (rows === 1) return 4;
  return rows === 2 ? 2 : 1;
}
