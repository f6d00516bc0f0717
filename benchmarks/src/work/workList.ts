import { alexNetLayers } from './alexNetLayers.js';
import { memoryBoundOps } from './memoryBoundOps.js';
import { products } from './products.js';
import { singleConvolutions } from './singleConvolutions.js';
import { wholeNetworks } from './wholeNetworks.js';
import type { WorkItem } from './workItem.js';

/** Everything that the benchmark times, in the order of the page. */
export function workList(): WorkItem[] {
  return [
    ...wholeNetworks(),
    ...alexNetLayers(),
    ...products(),
    ...singleConvolutions(),
    ...memoryBoundOps(),
  ];
}
