import type { Conv2dOp } from '../../ops/conv2d.js';
import { weightRowLength } from '../../packing/packedRowBytes.js';
import { winogradShape } from './winogradShape.js';

/** What takes as long as so many multiply-accumulates, as measured on x64: to transform the patch of one channel, */
const INPUT_COST = 180;
/** to bring a transformed weight from memory, unless so many tiles meet it that it comes meanwhile, */
const WEIGHT_COST = 3;
const HIDING_TILES = 16;
/** to transform and finish the products of a tile and a channel, */
const OUTPUT_COST = 600;
/** and to finish one output of a product of patches. */
const DIRECT_OUTPUT_COST = 22;
/** In hundredths: what Winograd must be faster by, since its weights take at least eight times the memory. */
const MARGIN = 115;

/** Whether Winograd is clearly faster than direct products that are `directGain` times as fast as those of int16. */
export function pays(op: Conv2dOp, directGain: number): boolean {
  const { tiles, groups, depth, products, panels } = winogradShape(op);
  const [batch, height, width, outputChannels] = op.output.shape;
  const outputs = batch * height * width * outputChannels;
  const channels = groups * panels * 8;
  const weightCost = tiles < HIDING_TILES ? WEIGHT_COST : 0;
  const product = products * (Math.ceil(tiles / 4) * 4 + weightCost) * channels;
  const cost = product + tiles * (INPUT_COST * groups * depth + OUTPUT_COST * channels);
  const directCost = outputs * (weightRowLength(op.weights.shape) / directGain + DIRECT_OUTPUT_COST);
  return cost * MARGIN < directCost * 100;
}
