import { oneLayer } from './oneLayer.js';
import { wasmPeers } from './peerSets.js';
import type { WorkItem } from './workItem.js';

/** Input size, channels, filters; the first of each list is part of a quick run. */
const pointwise = [
  [28, 256, 256],
  [112, 32, 16],
  [56, 24, 144],
  [14, 96, 576],
  [14, 576, 96],
  [7, 320, 1280],
] as const;

/** Size, channels, stride. */
const depthwise = [
  [56, 256, 1],
  [56, 256, 2],
  [112, 32, 1],
  [56, 144, 1],
  [14, 576, 1],
  [14, 576, 2],
  [7, 960, 1],
] as const;

/** Size, channels, filters, stride: the shapes of ResNet-18. */
const threeByThree = [
  [56, 64, 64, 1],
  [56, 64, 128, 2],
  [28, 128, 128, 1],
  [14, 256, 256, 1],
  [7, 512, 512, 1],
  [224, 64, 64, 1],
] as const;

/** Pointwise, depthwise and 3x3 convolutions at batch 1. */
export function singleConvolutions(): WorkItem[] {
  const base = { batch: 1, scope: 'op', backend: 'wasm', peers: wasmPeers } as const;
  return [
    ...pointwise.map(([size, channels, filters], index): WorkItem => ({
      ...base,
      id: `pointwise/${size}x${size}x${channels}-${filters}`,
      isQuick: index === 0,
      graph: oneLayer('pointwise', (net) =>
        net.conv(net.input([1, size, size, channels], 'relu'), { filters, kernel: 1 }),
      ),
    })),
    ...depthwise.map(([size, channels, stride], index): WorkItem => ({
      ...base,
      id: `depthwise/${size}x${size}x${channels}/s${stride}`,
      isQuick: index < 2,
      graph: oneLayer('depthwise', (net) =>
        net.depthwise(net.input([1, size, size, channels], 'relu'), { kernel: 3, stride, padding: 1 }),
      ),
    })),
    ...threeByThree.map(([size, channels, filters, stride], index): WorkItem => ({
      ...base,
      id: `conv3x3/${size}x${size}x${channels}-${filters}/s${stride}`,
      isQuick: index < 2,
      graph: oneLayer('conv3x3', (net) =>
        net.conv(net.input([1, size, size, channels], 'relu'), { filters, kernel: 3, stride, padding: 1 }),
      ),
    })),
  ];
}
