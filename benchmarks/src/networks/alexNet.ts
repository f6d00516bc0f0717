import type { IntegerGraph } from '@bnfree/core';
import { networkBuilder, type LayerOptions } from './networkBuilder.js';

/** Filters of the convolutions, and the image that the first of them leaves 55 x 55 pixels of, nearly. */
const shapes = {
  torchvision: { filters: [64, 192, 384, 256, 256], size: 224, padding: 2 },
  original: { filters: [96, 256, 384, 384, 256], size: 227, padding: 0 },
} as const;

export interface AlexNetOptions {
  /** `torchvision` by default, or the channels of 2012, in one tower. */
  readonly shape?: keyof typeof shapes;
  /** Height and width of the image. */
  readonly size?: number;
  /** Share of the filters and units. */
  readonly width?: number;
  /** Of weights and activations; the first and the last layer's weights keep 8. */
  readonly bits?: 4 | 8;
  /** Of the weights alone. */
  readonly weightBits?: 2 | 4 | 8;
}

/** AlexNet with 4096-4096-1000 units. */
export function alexNet(options: AlexNetOptions = {}): IntegerGraph {
  const { filters, ...usual } = shapes[options.shape ?? 'torchvision'];
  const { size = usual.size, width = 1, bits = 8, weightBits = bits } = options;
  const net = networkBuilder('alexnet');
  const scaled = (count: number): number => Math.max(8, Math.round(count * width));
  const quantMax = bits === 4 ? 15 : 127;
  const inner: LayerOptions = { weightBits, quantMax, hasSymmetricWeights: weightBits === 2 };
  const pool = { kernel: 3, stride: 2 };
  const convolutions = filters.map(scaled);
  const image = net.input([1, size, size, 3], 'pixels');
  const conv1 = net.named('conv1').conv(image, {
    ...{ quantMax, filters: convolutions[0], kernel: 11, stride: 4, padding: usual.padding },
  });
  const pool1 = net.named('pool1').maxPool(conv1, pool);
  const conv2 = net.named('conv2').conv(pool1, { ...inner, filters: convolutions[1], kernel: 5, padding: 2 });
  let last = net.named('pool2').maxPool(conv2, pool);
  for (const layer of [2, 3, 4]) {
    const three = { ...inner, filters: convolutions[layer], kernel: 3, padding: 1 };
    last = net.named(`conv${layer + 1}`).conv(last, three);
  }
  const pool5 = net.named('pool5').maxPool(last, pool);
  const flat = net.flatten(pool5);
  const fc6 = net.named('fc6').dense(flat, scaled(4096), inner);
  const fc7 = net.named('fc7').dense(fc6, scaled(4096), inner);
  return net.graph(net.named('fc8').dense(fc7, 1000, { output: 'linear' }));
}
