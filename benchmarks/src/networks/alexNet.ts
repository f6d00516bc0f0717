import type { IntegerGraph } from '@bnfree/core';
import { networkBuilder, type LayerOptions } from './networkBuilder.js';

export interface AlexNetOptions {
  /** Height and width of the image. */
  readonly size?: number;
  /** Share of the filters and units. */
  readonly width?: number;
  /** Of weights and activations; the first and the last layer's weights keep 8. */
  readonly bits?: 4 | 8;
  /** Of the weights alone. */
  readonly weightBits?: 2 | 4 | 8;
}

/** AlexNet as torchvision has it: 64-192-384-256-256 filters, 4096-4096-1000 units, 224 x 224 pixels. */
export function alexNet(options: AlexNetOptions = {}): IntegerGraph {
  const { size = 224, width = 1, bits = 8, weightBits = bits } = options;
  const net = networkBuilder('alexnet');
  const scaled = (count: number): number => Math.max(8, Math.round(count * width));
  const quantMax = bits === 4 ? 15 : 127;
  const inner: LayerOptions = { weightBits, quantMax };
  const pool = { kernel: 3, stride: 2 };
  const image = net.input([1, size, size, 3], 'pixels');
  const conv1 = net
    .named('conv1')
    .conv(image, { quantMax, filters: scaled(64), kernel: 11, stride: 4, padding: 2 });
  const pool1 = net.named('pool1').maxPool(conv1, pool);
  const conv2 = net.named('conv2').conv(pool1, { ...inner, filters: scaled(192), kernel: 5, padding: 2 });
  const pool2 = net.named('pool2').maxPool(conv2, pool);
  const conv3 = net.named('conv3').conv(pool2, { ...inner, filters: scaled(384), kernel: 3, padding: 1 });
  const conv4 = net.named('conv4').conv(conv3, { ...inner, filters: scaled(256), kernel: 3, padding: 1 });
  const conv5 = net.named('conv5').conv(conv4, { ...inner, filters: scaled(256), kernel: 3, padding: 1 });
  const pool5 = net.named('pool5').maxPool(conv5, pool);
  const flat = net.flatten(pool5);
  const fc6 = net.named('fc6').dense(flat, scaled(4096), inner);
  const fc7 = net.named('fc7').dense(fc6, scaled(4096), inner);
  return net.graph(net.named('fc8').dense(fc7, 1000, { output: 'linear' }));
}
