import { alexNet } from '../networks/alexNet.js';
import { cifarAlexNet } from '../networks/cifarAlexNet.js';
import { inceptionV3 } from '../networks/inceptionV3.js';
import { mobileNetV2 } from '../networks/mobileNetV2.js';
import { resNet18 } from '../networks/resNet18.js';
import { wasmPeers } from './peerSets.js';
import type { WorkItem } from './workItem.js';

/** AlexNet where there is no WebAssembly. */
const withoutWasm = {
  batch: 1,
  scope: 'model',
  peers: ['tfjs-cpu f32'],
  isQuick: false,
  graph: () => alexNet(),
} as const;

/** Networks from input bytes to output bytes. */
export function wholeNetworks(): WorkItem[] {
  const wasm = { scope: 'model', backend: 'wasm', peers: wasmPeers } as const;
  return [
    { ...wasm, id: 'alexnet/b1', batch: 1, isQuick: true, graph: () => alexNet() },
    ...[2, 4, 8].map((batch): WorkItem => ({
      ...wasm,
      id: `alexnet/b${batch}`,
      batch,
      isQuick: false,
      graph: () => alexNet(),
    })),
    ...[1, 8].flatMap((batch): WorkItem[] => [
      { ...wasm, id: `alexnet/w4a4/b${batch}`, batch, isQuick: false, graph: () => alexNet({ bits: 4 }) },
      {
        ...wasm,
        id: `alexnet/w2a4/b${batch}`,
        batch,
        isQuick: false,
        graph: () => alexNet({ bits: 4, weightBits: 2 }),
      },
    ]),
    { ...wasm, id: 'mobilenetv2/b1', batch: 1, isQuick: true, graph: () => mobileNetV2() },
    { ...wasm, id: 'resnet18/b1', batch: 1, isQuick: true, graph: () => resNet18() },
    { ...wasm, id: 'inceptionv3/b1', batch: 1, isQuick: true, graph: () => inceptionV3() },
    { ...wasm, id: 'cifar-alexnet/w8a8/b1', batch: 1, isQuick: false, graph: () => cifarAlexNet(8) },
    { ...wasm, id: 'cifar-alexnet/w4a4/b1', batch: 1, isQuick: false, graph: () => cifarAlexNet(4) },
    { ...wasm, id: 'cifar-alexnet/w8a8/b64', batch: 64, isQuick: false, graph: () => cifarAlexNet(8) },
    { ...wasm, id: 'cifar-alexnet/w4a4/b64', batch: 64, isQuick: false, graph: () => cifarAlexNet(4) },
    {
      ...wasm,
      id: 'alexnet/small-memory/b1',
      batch: 1,
      isQuick: false,
      options: { memory: 'small' },
      graph: () => alexNet(),
    },
    { ...withoutWasm, id: 'alexnet/typescript/b1', backend: 'typescript' },
    { ...withoutWasm, id: 'alexnet/fast-typescript/b1', backend: 'fastTypescript' },
  ];
}
