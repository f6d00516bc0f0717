import { panelLanes, runSteps, type PanelShape } from './panelShape.js';

/** Writes rows of weights of -1 and 1 as bits. */
export function writeBits(
  bytes: Uint8Array,
  panels: PanelShape,
  weights: Int16Array,
  firstRow: number,
): void {
  const { runs, runLength, channels } = panels;
  const steps = runSteps(panels);
  const lanes = panelLanes(panels.product);
  for (let channel = 0; channel < channels; channel += 1) {
    const panel = Math.floor(channel / lanes);
    for (let run = 0; run < runs; run += 1) {
      const source = ((firstRow + channel) * runs + run) * runLength;
      const start = (panel * runs + run) * steps * lanes * 4 + (channel % lanes) * 4;
      for (let k = 0; k < runLength; k += 1) {
        if (weights[source + k] > 0) bytes[start + (k >> 5) * lanes * 4 + ((k >> 3) & 3)] |= 1 << (k & 7);
      }
    }
  }
}
