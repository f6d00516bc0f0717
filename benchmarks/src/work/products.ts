import type { IntegerGraph } from '@bnfree/core';
import type { LayerOptions } from '../networks/networkBuilder.js';
import type { WeightBits } from '../networks/randomWeights.js';
import { oneLayer } from './oneLayer.js';
import { wasmPeers } from './peerSets.js';
import type { WorkItem } from './workItem.js';

const base = { scope: 'op', backend: 'wasm', peers: wasmPeers } as const;

/** Square products. The right operand is constant, weights of 8 bits, unless the id says otherwise. */
export function products(): WorkItem[] {
  return [...sums(), ...requantizedProducts(), ...lowBitProducts(), ...vectors()];
}

/** To int32 sums, as peers' fastest integer product gives them. */
function sums(): WorkItem[] {
  const sizes = [128, 256, 512, 1024, 2048].map((size): WorkItem => {
    const isQuick = size === 512 || size === 1024;
    const graph = square(size, { output: 'accumulator' });
    return { ...base, id: `gemm/${size}`, batch: size, isQuick, hasRoof: isQuick, graph };
  });
  const runTime: WorkItem = {
    ...base,
    id: 'gemm/512/two-operands',
    batch: 1,
    isQuick: false,
    graph: twoOperands(127, 127),
  };
  return [...sizes, runTime];
}

/** Activations of seven bits, outputs of int8. */
function requantizedProducts(): WorkItem[] {
  return [512, 1024].map((size) => ({
    ...base,
    id: `gemm/${size}/w8a7`,
    batch: size,
    isQuick: size === 512,
    hasRoof: true,
    graph: square(size, {}),
  }));
}

/** Widths of weights, largest activations, and what that is called. */
const fewBits = [
  [4, 15, 'w4a4'],
  [4, 3, 'w4a2'],
  [2, 3, 'w2a2'],
  [1, 3, 'w1a2'],
  [1, 1, 'w1a1'],
] as const;

/** Weights and activations of few bits, beside the same work of 8 bits. */
function lowBitProducts(): WorkItem[] {
  const squares = [512, 1024].flatMap((size) =>
    fewBits.map(([weightBits, largest, name]): WorkItem => ({
      ...base,
      id: `gemm/${size}/${name}`,
      batch: size,
      peers: [],
      isQuick: size === 512 && name === 'w4a4',
      graph: square(size, { weightBits }, largest),
      own: { 'own w8a7': square(size, {}) },
    })),
  );
  const runTime: WorkItem = {
    ...base,
    id: 'gemm/512/two-operands-w4a4',
    batch: 1,
    peers: [],
    isQuick: false,
    graph: twoOperands(15, 7),
    own: { 'own w8a7': twoOperands(127, 127) },
  };
  return [
    ...squares,
    runTime,
    ...fewBits.flatMap(([weightBits, largest, name]) => lowBitLayers(weightBits, largest, name)),
  ];
}

/** conv3 of AlexNet, and fc7 for eight images. */
function lowBitLayers(weightBits: WeightBits, largest: number, name: string): WorkItem[] {
  const conv3 = (options: LayerOptions, values: number) =>
    oneLayer('conv3', (net) =>
      net.conv(net.input([1, 13, 13, 192], 'relu', values), {
        filters: 384,
        kernel: 3,
        padding: 1,
        ...options,
      }),
    );
  const fc7 = (options: LayerOptions, values: number) =>
    oneLayer('fc7', (net) => net.dense(net.input([1, 4096], 'relu', values), 4096, options));
  const item = { ...base, peers: [], isQuick: false };
  return [
    {
      ...item,
      id: `alexnet/conv3-${name}/b1`,
      batch: 1,
      graph: conv3({ weightBits }, largest),
      own: { 'own w8a7': conv3({}, 127) },
    },
    {
      ...item,
      id: `alexnet/fc7-${name}/b8`,
      batch: 8,
      graph: fc7({ weightBits }, largest),
      own: { 'own w8a7': fc7({}, 127) },
    },
  ];
}

/** fc6 of AlexNet: memory bound at batch 1, by the bits of its weights and by batch. Peers compute it in float and in 8 bits. */
function vectors(): WorkItem[] {
  const fc6 = (id: string, batch: number, weightBits: WeightBits, isQuick: boolean): WorkItem => ({
    ...base,
    id,
    batch,
    isQuick,
    graph: oneLayer('fc6', (net) => net.dense(net.input([1, 9216], 'relu'), 4096, { weightBits })),
  });
  return [
    ...([4, 2, 1] as const).map((bits) => fc6(`alexnet/fc6-w${bits}/b1`, 1, bits, true)),
    ...[2, 4, 16].map((batch) => fc6(`alexnet/fc6/b${batch}`, batch, 8, false)),
  ];
}

/** Both matrices are computed at run time; what the largest values are, of a ReLU and of a signed activation. */
function twoOperands(left: number, right: number): () => IntegerGraph {
  return oneLayer('gemm', (net) =>
    net.gemm(net.input([512, 512], 'relu', left), net.input([512, 512], 'linear', right), {
      output: 'accumulator',
    }),
  );
}

function square(size: number, options: LayerOptions, largest = 127): () => IntegerGraph {
  return oneLayer('gemm', (net) => net.dense(net.input([1, size], 'relu', largest), size, options));
}
