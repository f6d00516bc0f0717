import { oneLayer } from './oneLayer.js';
import { wasmPeers } from './peerSets.js';
import type { WorkItem } from './workItem.js';

/** Name, input size, channels, filters, kernel, stride, padding. */
const convolutions = [
  ['conv1', 224, 3, 64, 11, 4, 2],
  ['conv2', 27, 64, 192, 5, 1, 2],
  ['conv3', 13, 192, 384, 3, 1, 1],
  ['conv4', 13, 384, 256, 3, 1, 1],
  ['conv5', 13, 256, 256, 3, 1, 1],
] as const;

const dense = [
  ['fc6', 9216, 4096],
  ['fc7', 4096, 4096],
  ['fc8', 4096, 1000],
] as const;

/** The layers of AlexNet by themselves, at batch 1 and 8. */
export function alexNetLayers(): WorkItem[] {
  return [1, 8].flatMap((batch) => [...convolutionItems(batch), ...denseItems(batch)]);
}

function convolutionItems(batch: number): WorkItem[] {
  return convolutions.map(([name, size, channels, filters, kernel, stride, padding]) => ({
    id: `alexnet/${name}/b${batch}`,
    batch,
    scope: 'op',
    backend: 'wasm',
    peers: wasmPeers,
    isQuick: batch === 1,
    graph: oneLayer(name, (net) =>
      net.conv(net.input([1, size, size, channels], channels === 3 ? 'pixels' : 'relu'), {
        filters,
        kernel,
        stride,
        padding,
      }),
    ),
  }));
}

function denseItems(batch: number): WorkItem[] {
  return dense.map(([name, features, units]) => ({
    id: `alexnet/${name}/b${batch}`,
    batch,
    scope: 'op',
    backend: 'wasm',
    peers: wasmPeers,
    isQuick: batch === 1 && name !== 'fc8',
    graph: oneLayer(name, (net) => net.dense(net.input([1, features], 'relu'), units)),
  }));
}
