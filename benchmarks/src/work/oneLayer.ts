import type { IntegerGraph } from '@bnfree/core';
import { networkBuilder, type NetworkBuilder, type NetworkValue } from '../networks/networkBuilder.js';

/** A graph of one node. */
export function oneLayer(name: string, build: (net: NetworkBuilder) => NetworkValue): () => IntegerGraph {
  return () => {
    const net = networkBuilder(name);
    return net.graph(build(net));
  };
}
