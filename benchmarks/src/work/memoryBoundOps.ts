import type { NetworkBuilder, NetworkValue } from '../networks/networkBuilder.js';
import { oneLayer } from './oneLayer.js';
import { wasmPeers } from './peerSets.js';
import type { WorkItem } from './workItem.js';

type Layer = readonly [id: string, build: (net: NetworkBuilder) => NetworkValue];

const layers: readonly Layer[] = [
  [
    'pool/max3x3s2/55x55x64',
    (net) => net.maxPool(net.input([1, 55, 55, 64], 'relu'), { kernel: 3, stride: 2 }),
  ],
  [
    'pool/max2x2s2/112x112x64',
    (net) => net.maxPool(net.input([1, 112, 112, 64], 'relu'), { kernel: 2, stride: 2 }),
  ],
  [
    'pool/average3x3s2/56x56x64',
    (net) => net.averagePool(net.input([1, 56, 56, 64], 'relu'), { kernel: 3, stride: 2, padding: 1 }),
  ],
  [
    'pool/average2x2s2/28x28x256',
    (net) => net.averagePool(net.input([1, 28, 28, 256], 'relu'), { kernel: 2, stride: 2 }),
  ],
  [
    'add/56x56x64',
    (net) => net.add(net.input([1, 56, 56, 64], 'linear'), net.input([1, 56, 56, 64], 'relu'), 'relu'),
  ],
  [
    'add/14x14x256',
    (net) => net.add(net.input([1, 14, 14, 256], 'linear'), net.input([1, 14, 14, 256], 'linear')),
  ],
  [
    'add/56x56x64/tflite',
    (net) =>
      net.add(net.input([1, 56, 56, 64], 'linear'), net.input([1, 56, 56, 64], 'linear'), 'linear', 'tflite'),
  ],
  [
    'concat/28x28x128+128',
    (net) => net.concat(net.input([1, 28, 28, 128], 'relu'), net.input([1, 28, 28, 128], 'relu')),
  ],
  ['global-average/7x7x1280', (net) => net.globalAverage(net.input([1, 7, 7, 1280], 'relu'))],
  ['global-average/7x7x512', (net) => net.globalAverage(net.input([1, 7, 7, 512], 'relu'))],
];

/** Ops that move more than they multiply, at batch 1. */
export function memoryBoundOps(): WorkItem[] {
  return layers.map(([id, build]) => ({
    id,
    batch: 1,
    scope: 'op',
    backend: 'wasm',
    peers: wasmPeers,
    isQuick: !id.includes('2x2') && !id.includes('512'),
    graph: oneLayer('layer', build),
  }));
}
