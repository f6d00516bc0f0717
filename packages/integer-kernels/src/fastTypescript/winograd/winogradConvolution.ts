import { prepareRequantization } from '../../arithmetic/prepareRequantization.js';
import type { TensorView } from '../../memory/tensorView.js';
import type { Conv2dOp } from '../../ops/conv2d.js';
import { centerOf } from '../../wasm/winograd/isExact.js';
import type { FastKernel } from '../fastKernel.js';
import { multiplyTiles } from './multiplyTiles.js';
import { FREQUENCIES, TILE, transformInput, transformOutput } from './transforms.js';
import { type WinogradShape, winogradShape } from './winogradShape.js';
import { writeFrequencies } from './writeFrequencies.js';

/** Tiles that are multiplied together, so that weights are fetched once for all of them. */
const blockTiles = 4;

/** 2-D convolution by Winograd's F(4x4, 3x3), exact in integers; larger kernels in parts of 3x3 taps. */
export const winogradConvolution: FastKernel<'conv2d'> = {
  planOf(op) {
    const { depth, panels } = winogradShape(op);
    const perFrequency = Math.imul(depth, panels);
    return {
      kernel: 'winograd 4x4',
      // Two transformed weights a word.
      constants: Math.imul(FREQUENCIES, perFrequency << 1) + op.output.shape[3],
      scratch: Math.imul(Math.imul(FREQUENCIES, blockTiles), depth + (panels << 2)),
    };
  },
  prepare(op, { inputs: [input], output, words, constants, scratch }) {
    const shape = winogradShape(op);
    const { depth, panels } = shape;
    const [batch, height, width, outputChannels] = op.output.shape;
    const weightsLength = Math.imul(Math.imul(FREQUENCIES, depth), panels << 2);
    const sums = constants + (weightsLength >> 1);
    const weights = new Int16Array(words.buffer, words.byteOffset + (constants << 2), weightsLength);
    writeFrequencies(op, shape, weights, words.subarray(sums, sums + outputChannels));
    const products = scratch + Math.imul(Math.imul(FREQUENCIES, blockTiles), depth);
    const loadTile = prepareTiles(op, shape, input, words, scratch);
    const storeTile = prepareOutputs(op, shape, output, words, products, sums);

    const multiplyBlock = (tiles: number): void => {
      const columns = panels << 2;
      let column = 0;
      for (let frequency = 0; frequency < FREQUENCIES; frequency += 1) {
        const first = Math.imul(frequency, blockTiles);
        for (let panel = 0; panel < panels; panel += 1, column += depth << 2) {
          for (let tile = 0; tile < tiles; tile += 2) {
            const target = products + Math.imul(first + tile, columns) + (panel << 2);
            const source = scratch + Math.imul(first + tile, depth);
            multiplyTiles(words, source, weights, column, depth, target, target + columns);
          }
        }
      }
    };

    const tops = new Int32Array(blockTiles);
    const lefts = new Int32Array(blockTiles);
    let tiles = 0;
    const flush = (n: number): void => {
      multiplyBlock(tiles);
      for (let tile = 0; tile < tiles; tile += 1) storeTile(n, tops[tile], lefts[tile], tile);
      tiles = 0;
    };
    const runImage = (n: number): void => {
      for (let y = 0; y < height; y += TILE) {
        for (let x = 0; x < width; x += TILE) {
          tops[tiles] = y;
          lefts[tiles] = x;
          loadTile(n, y, x, tiles);
          tiles += 1;
          if (tiles === blockTiles) flush(n);
        }
      }
      flush(n);
    };
    return () => {
      for (let n = 0; n < batch; n += 1) runImage(n);
    };
  },
};

/** Visits a tile, which begins at output row `y` and column `x` and has place `tile` in the block. */
type VisitTile = (n: number, y: number, x: number, tile: number) => void;

/** Prepares to transform what a tile sees into its place in the block. */
function prepareTiles(
  op: Conv2dOp,
  shape: WinogradShape,
  input: TensorView,
  words: Int32Array,
  scratch: number,
): VisitTile {
  const { partsDown, partsAcross, patchHeight, patchWidth, depth } = shape;
  const [, height, width, channels] = op.inputs[0].shape;
  const center = centerOf(op);
  const outside = op.padding.value - center;
  const patch = new Int32Array(Math.imul(Math.imul(patchHeight, patchWidth), channels));
  const rowStep = Math.imul(patchWidth, channels);
  const frequencyStep = Math.imul(blockTiles, depth);

  const gather = (n: number, top: number, left: number): void => {
    let next = 0;
    for (let y = top; y < top + patchHeight; y += 1) {
      const row = input.origin + Math.imul(n, input.strides[0]) + Math.imul(y, input.strides[1]);
      for (let x = left; x < left + patchWidth; x += 1, next += channels) {
        if (y >= 0 && y < height && x >= 0 && x < width) {
          const start = row + Math.imul(x, input.strides[2]);
          for (let i = 0; i < channels; i += 1) patch[next + i] = input.data[start + i] - center;
        } else {
          patch.fill(outside, next, next + channels);
        }
      }
    }
  };

  return (n, y, x, tile) => {
    gather(n, y - op.padding.top, x - op.padding.left);
    let target = scratch + Math.imul(tile & ~1, depth) + (tile & 1);
    for (let down = 0; down < partsDown; down += 1) {
      for (let across = 0; across < partsAcross; across += 1) {
        const first = Math.imul(Math.imul(down, 3), rowStep) + Math.imul(Math.imul(across, 3), channels);
        for (let i = 0; i < channels; i += 1, target += 2) {
          transformInput(patch, first + i, rowStep, channels, words, target, frequencyStep);
        }
      }
    }
  };
}

/** Prepares to transform the products of a tile back, and to store its outputs. */
function prepareOutputs(
  op: Conv2dOp,
  shape: WinogradShape,
  output: TensorView,
  words: Int32Array,
  products: number,
  constants: number,
): VisitTile {
  const [, height, width, outputChannels] = op.output.shape;
  const finish = prepareRequantization(op.requantization, op.output);
  const columns = shape.panels << 2;
  const frequencyStep = Math.imul(blockTiles, columns);
  const results = new Int32Array(Math.imul(TILE, TILE));

  return (n, y, x, tile) => {
    const rows = Math.min(TILE, height - y);
    const pixels = Math.min(TILE, width - x);
    const start =
      output.origin +
      Math.imul(n, output.strides[0]) +
      Math.imul(y, output.strides[1]) +
      Math.imul(x, output.strides[2]);
    for (let channel = 0; channel < outputChannels; channel += 1) {
      transformOutput(words, products + Math.imul(tile, columns) + channel, frequencyStep, results);
      const constant = words[constants + channel];
      for (let row = 0; row < rows; row += 1) {
        let target = start + Math.imul(row, output.strides[1]) + channel;
        for (let pixel = 0; pixel < pixels; pixel += 1, target += output.strides[2]) {
          output.data[target] = finish((results[(row << 2) + pixel] + constant) | 0, channel);
        }
      }
    }
  };
}
