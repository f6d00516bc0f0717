import type { Conv2dOp } from '../../ops/conv2d.js';
import { definitionOf } from '../../ops/opDefinitions.js';
import { FREQUENCIES, winogradShape } from './winogradShape.js';

/** What takes as long as one multiply-accumulate of the product, as measured on x64. */
const INPUT_COST = 180;
const OUTPUT_COST = 600;
/** One byte of weights that come from memory, not from a cache. */
const BYTE_COST = 3;
const CACHE_BYTES = 1 << 20;

/** Whether Winograd is faster than a product of patches: by a tenth at least, as its weights take more memory. */
export function pays(op: Conv2dOp): boolean {
  const { tiles, tileBlock, tileBlocks, groups, depth, panels } = winogradShape(op);
  const channels = groups * panels * 8;
  const weights = FREQUENCIES * depth * channels;
  const streamed = weights * 2 > CACHE_BYTES ? weights * 2 * BYTE_COST : 0;
  const product = Math.max(weights * Math.min(tileBlock * tileBlocks, Math.ceil(tiles / 4) * 4), streamed);
  const cost = product + tiles * (INPUT_COST * groups * depth + OUTPUT_COST * channels);
  return cost * 1.1 < definitionOf(op).macs(op);
}
