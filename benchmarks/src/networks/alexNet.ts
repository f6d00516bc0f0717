import type { IntegerGraph } from '@bnfree/core';
import { networkBuilder } from './networkBuilder.js';

/** AlexNet as torchvision has it: 64-192-384-256-256 filters, 4096-4096-1000 units, 224 x 224 pixels. */
export function alexNet({ size = 224, width = 1 } = {}): IntegerGraph {
  const net = networkBuilder('alexnet');
  const scaled = (count: number): number => Math.max(8, Math.round(count * width));
  const image = net.input([1, size, size, 3], 'pixels');
  const conv1 = net.named('conv1').conv(image, { filters: scaled(64), kernel: 11, stride: 4, padding: 2 });
  const pool1 = net.named('pool1').maxPool(conv1, { kernel: 3, stride: 2 });
  const conv2 = net.named('conv2').conv(pool1, { filters: scaled(192), kernel: 5, padding: 2 });
  const pool2 = net.named('pool2').maxPool(conv2, { kernel: 3, stride: 2 });
  const conv3 = net.named('conv3').conv(pool2, { filters: scaled(384), kernel: 3, padding: 1 });
  const conv4 = net.named('conv4').conv(conv3, { filters: scaled(256), kernel: 3, padding: 1 });
  const conv5 = net.named('conv5').conv(conv4, { filters: scaled(256), kernel: 3, padding: 1 });
  const pool5 = net.named('pool5').maxPool(conv5, { kernel: 3, stride: 2 });
  const fc6 = net.named('fc6').dense(net.flatten(pool5), scaled(4096));
  const fc7 = net.named('fc7').dense(fc6, scaled(4096));
  return net.graph(net.named('fc8').dense(fc7, 1000, { output: 'linear' }));
}
