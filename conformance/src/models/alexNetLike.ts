import type { IntegerGraph } from '@bnfree/core';
import { NetworkDraft } from './networkDraft.js';

/**
 * AlexNet with a quarter of the channels, for images of 112x112: 11x11 stride 4, 5x5, three of 3x3, overlapping pools, three dense
 * layers, logits in int32. Weights are random.
 */
export function alexNetLike(seed: number, bits: 8 | 4 | 2): IntegerGraph {
  const image = {
    shape: [1, 112, 112, 3],
    type: 'uint8',
    zeroPoint: 128,
    quantMin: 0,
    quantMax: 255,
  } as const;
  const network = new NetworkDraft(image, bits, seed);
  network.conv('conv1', 16, 11, 4, 2);
  network.pool('pool1');
  network.conv('conv2', 48, 5, 1, 2);
  network.pool('pool2');
  network.conv('conv3', 96, 3, 1, 1);
  network.conv('conv4', 64, 3, 1, 1);
  network.conv('conv5', 64, 3, 1, 1);
  network.flatten('flatten');
  network.dense('fc6', 256);
  network.dense('fc7', 256);
  network.logits('fc8', 10);
  const scale = { multiplier: 1, shift: 8 };
  return {
    name: `alexNetLike W${bits}`,
    inputs: [{ name: 'image', tensor: image, scale }],
    nodes: network.nodes,
    outputs: [{ name: 'logits', value: 'fc8', scale }],
    classes: [],
    metadata: {},
  };
}
