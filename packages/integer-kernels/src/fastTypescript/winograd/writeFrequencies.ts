import type { Conv2dOp } from '../../ops/conv2d.js';
import { unpackWeights } from '../../packing/unpackWeights.js';
import { centerOf } from '../../wasm/winograd/isExact.js';
import { FREQUENCIES, transformWeights } from './transforms.js';
import type { WinogradShape } from './winogradShape.js';

/**
 * Writes the transformed weights, and what is added to the outputs of each channel.
 *
 * Frequency by frequency panels of four channels, those side by side; channels beyond the last are zeros. Inputs are taken
 * from a center `c`: the channel's constant is `bias + (c - zeroPoint) * sum w`.
 */
export function writeFrequencies(
  op: Conv2dOp,
  { partsDown, partsAcross, depth, panels }: WinogradShape,
  to: Int16Array,
  constants: Int32Array,
): void {
  const [outputChannels, kernelHeight, kernelWidth, channels] = op.weights.shape;
  const values = unpackWeights(op.weights);
  const length = Math.imul(Math.imul(kernelHeight, kernelWidth), channels);
  const moved = centerOf(op) - op.inputs[0].zeroPoint;
  const part = new Int32Array(9);
  const frequencies = new Int32Array(FREQUENCIES);
  const frequencyStep = Math.imul(panels << 2, depth);

  /** Cuts one part of the kernel between two channels out; taps beyond the kernel are zeros. */
  const cut = (first: number, down: number, across: number): void => {
    for (let tap = 0, y = down; y < down + 3; y += 1) {
      for (let x = across; x < across + 3; x += 1, tap += 1) {
        const isInside = y < kernelHeight && x < kernelWidth;
        part[tap] = isInside ? values[first + Math.imul(Math.imul(y, kernelWidth) + x, channels)] : 0;
      }
    }
  };

  to.fill(0);
  for (let channel = 0; channel < outputChannels; channel += 1) {
    const row = Math.imul(channel, length);
    let target = Math.imul(channel >> 2, depth << 2) + (channel & 3);
    for (let down = 0; down < partsDown; down += 1) {
      for (let across = 0; across < partsAcross; across += 1) {
        for (let i = 0; i < channels; i += 1, target += 4) {
          cut(row + i, Math.imul(down, 3), Math.imul(across, 3));
          transformWeights(part, frequencies);
          for (let frequency = 0; frequency < FREQUENCIES; frequency += 1) {
            to[target + Math.imul(frequency, frequencyStep)] = frequencies[frequency];
          }
        }
      }
    }
    let sum = 0;
    for (let k = row; k < row + length; k += 1) sum = (sum + values[k]) | 0;
    constants[channel] = (op.bias?.[channel] ?? 0) + Math.imul(moved, sum);
  }
}
