import type { OutputCode } from '../outputStage.js';
import { laneGroups, panelGroups, productOf, stepWeightBytes, type ProductCode } from './product.js';

/** Output channels of a group: what a panel has, or a part of it. */
export const GROUP_CHANNELS = 8;

/** A matrix of weights cut into panels of eight output channels, or a multiple of it. */
export interface PanelShape {
  readonly product: ProductCode;
  /** Pieces of equal length that the products of an accumulator come in; each is filled up to whole steps. */
  readonly runs: number;
  readonly runLength: number;
  /** Output channels. */
  readonly channels: number;
}

/** What the number of panels depends on; without a product they have eight channels. */
export type PanelChannels = Pick<PanelShape, 'channels'> & Partial<Pick<PanelShape, 'product'>>;

/** Products of one accumulator. */
export function depthOf({ runs, runLength }: PanelShape): number {
  return runs * runLength;
}

/** Steps of one run. */
export function runSteps({ product, runLength }: PanelShape): number {
  return Math.ceil(runLength / productOf(product).depth);
}

/** Output channels of a panel. */
export function panelChannels({ product }: PanelChannels): number {
  return GROUP_CHANNELS * (product === undefined ? 1 : panelGroups(product));
}

/** Lanes of a panel: its channels, or half as many where two share one. */
export function panelLanes(product: ProductCode): number {
  return GROUP_CHANNELS * laneGroups(product);
}

/** Panels that hold the channels. */
export function panelCount(panels: PanelChannels): number {
  return Math.ceil(panels.channels / panelChannels(panels));
}

/** Channels of the last panel, at least 1. */
export function lastPanelChannels(panels: PanelChannels): number {
  return panels.channels - (panelCount(panels) - 1) * panelChannels(panels);
}

/** Bytes of one panel, laid out as `[runs][steps][lanes][depth of a step]`. */
export function panelBytes(panels: PanelShape): number {
  return panels.runs * runSteps(panels) * stepWeightBytes(panels.product);
}

/** Bytes of the parameters of a group: eight biases, then the two records of four channels. */
export function parameterBytes({ recordBytes }: OutputCode): number {
  return GROUP_CHANNELS * 4 + 2 * recordBytes;
}
