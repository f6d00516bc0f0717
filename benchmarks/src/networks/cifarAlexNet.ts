import type { IntegerGraph } from '@bnfree/core';
import { networkBuilder, type LayerOptions } from './networkBuilder.js';

/** The demo's AlexNet for CIFAR-10. With 4 bits its first and last weights keep 8, and its activations are 0 .. 15. */
export function cifarAlexNet(bits: 4 | 8): IntegerGraph {
  const net = networkBuilder('cifar-alexnet');
  const quantMax = bits === 4 ? 15 : 127;
  const inner: LayerOptions = { weightBits: bits, quantMax };
  const image = net.input([1, 32, 32, 3], 'pixels');
  const conv1 = net.named('conv1').conv(image, { quantMax, filters: 32, kernel: 3, padding: 1 });
  const pool1 = net.maxPool(conv1, { kernel: 2, stride: 2 });
  const conv2 = net.named('conv2').conv(pool1, { ...inner, filters: 96, kernel: 3, padding: 1 });
  const pool2 = net.maxPool(conv2, { kernel: 2, stride: 2 });
  const conv3 = net.named('conv3').conv(pool2, { ...inner, filters: 128, kernel: 3, padding: 1 });
  const conv4 = net.named('conv4').conv(conv3, { ...inner, filters: 128, kernel: 3, padding: 1 });
  const conv5 = net.named('conv5').conv(conv4, { ...inner, filters: 96, kernel: 3, padding: 1 });
  const pool5 = net.maxPool(conv5, { kernel: 2, stride: 2 });
  const fc6 = net.named('fc6').dense(net.flatten(pool5), 512, inner);
  const fc7 = net.named('fc7').dense(fc6, 512, inner);
  return net.graph(net.named('fc8').dense(fc7, 10, { output: 'linear' }));
}
