import type { IntegerGraph } from '@bnfree/core';
import type { LayerOptions } from '../networks/networkBuilder.js';
import type { WeightBits } from '../networks/randomWeights.js';
import { oneLayer } from './oneLayer.js';
import { wasmPeers } from './peerSets.js';
import type { WorkItem } from './workItem.js';

/** Square products with constant weights, to int32 sums as peers' fastest integer product gives them, and low-bit forms. */
export function products(): WorkItem[] {
  const base = { scope: 'op', backend: 'wasm', peers: wasmPeers } as const;
  const sums = [512, 1024].map((size): WorkItem => {
    const graph = square(size, { output: 'accumulator' });
    return { ...base, id: `gemm/${size}`, batch: size, isQuick: true, graph };
  });
  const runTime: WorkItem = {
    ...base,
    id: 'gemm/512/two-operands',
    batch: 1,
    isQuick: false,
    graph: oneLayer('gemm', (net) =>
      net.gemm(net.input([512, 512], 'relu'), net.input([512, 512], 'linear'), { output: 'accumulator' }),
    ),
  };
  return [...sums, runTime, ...lowBitProducts(), ...lowBitVectors()];
}

/** Requantized products of few bits beside the same product of 8 bits. */
function lowBitProducts(): WorkItem[] {
  const widths = [
    [8, 127, 'w8a7'],
    [4, 15, 'w4a4'],
    [4, 3, 'w4a2'],
    [2, 3, 'w2a2'],
    [1, 3, 'w1a2'],
    [1, 1, 'w1a1'],
  ] as const;
  return widths.map(([weightBits, largest, name]) => ({
    id: `gemm/512/${name}`,
    batch: 512,
    scope: 'op',
    backend: 'wasm',
    peers: weightBits === 8 ? wasmPeers : [],
    isQuick: name === 'w8a7' || name === 'w4a4',
    graph: square(512, { weightBits }, largest),
    ...(weightBits === 8 ? {} : { own: { 'own w8a7': square(512, {}) } }),
  }));
}

/** fc6 of AlexNet at batch 1, memory bound, by the bits of its weights. Peers compute the same layer in float and in 8 bits. */
function lowBitVectors(): WorkItem[] {
  return ([4, 2, 1] as const).map((weightBits: WeightBits) => ({
    id: `alexnet/fc6-w${weightBits}/b1`,
    batch: 1,
    scope: 'op',
    backend: 'wasm',
    peers: wasmPeers,
    isQuick: true,
    graph: oneLayer('fc6', (net) => net.dense(net.input([1, 9216], 'relu'), 4096, { weightBits })),
  }));
}

function square(size: number, options: LayerOptions, largest = 127): () => IntegerGraph {
  return oneLayer('gemm', (net) => net.dense(net.input([1, size], 'relu', largest), size, options));
}
