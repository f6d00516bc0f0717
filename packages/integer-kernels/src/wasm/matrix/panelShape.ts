import type { OutputCode } from '../outputStage.js';
import { productOf, stepWeightBytes, type ProductCode } from './product.js';

/** Output channels of a panel. */
export const PANEL_CHANNELS = 8;

/** A matrix of weights cut into panels of eight output channels. */
export interface PanelShape {
  readonly product: ProductCode;
  /** Pieces of equal length that the products of an accumulator come in; each is filled up to whole steps. */
  readonly runs: number;
  readonly runLength: number;
  /** Output channels. */
  readonly channels: number;
}

/** Products of one accumulator. */
export function depthOf({ runs, runLength }: PanelShape): number {
  return runs * runLength;
}

/** Steps of one run. */
export function runSteps({ product, runLength }: PanelShape): number {
  return Math.ceil(runLength / productOf(product).depth);
}

/** Panels that hold the channels. */
export function panelCount({ channels }: Pick<PanelShape, 'channels'>): number {
  return Math.ceil(channels / PANEL_CHANNELS);
}

/** Channels of the last panel, 1 .. 8. */
export function lastPanelChannels({ channels }: Pick<PanelShape, 'channels'>): number {
  return channels - (Math.ceil(channels / PANEL_CHANNELS) - 1) * PANEL_CHANNELS;
}

/** Bytes of one panel, laid out as `[runs][steps][8 channels][depth of a step]`. */
export function panelBytes(panels: PanelShape): number {
  return panels.runs * runSteps(panels) * stepWeightBytes(panels.product);
}

/** Bytes of the parameters of one panel: eight biases, then the two records of four channels. */
export function parameterBytes({ recordBytes }: OutputCode): number {
  return PANEL_CHANNELS * 4 + 2 * recordBytes;
}
