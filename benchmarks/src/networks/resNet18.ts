import type { IntegerGraph } from '@bnfree/core';
import { networkBuilder, type NetworkBuilder, type NetworkValue } from './networkBuilder.js';

/** ResNet-18 as torchvision has it, batch normalization gone. */
export function resNet18({ size = 224, width = 64 } = {}): IntegerGraph {
  const net = networkBuilder('resnet18');
  const image = net.input([1, size, size, 3], 'pixels');
  const stem = net.conv(image, { filters: width, kernel: 7, stride: 2, padding: 3 });
  let value = net.maxPool(stem, { kernel: 3, stride: 2, padding: 1 });
  for (const stage of [0, 1, 2, 3]) {
    for (const block of [0, 1]) {
      value = basicBlock(net, value, width * 2 ** stage, stage > 0 && block === 0 ? 2 : 1);
    }
  }
  return net.graph(net.dense(net.globalAverage(value), 1000, { output: 'linear' }));
}

function basicBlock(net: NetworkBuilder, from: NetworkValue, filters: number, stride: number): NetworkValue {
  const first = net.conv(from, { filters, kernel: 3, stride, padding: 1 });
  const second = net.conv(first, { filters, kernel: 3, padding: 1, output: 'linear' });
  const shortcut = stride === 1 ? from : net.conv(from, { filters, kernel: 1, stride, output: 'linear' });
  return net.add(second, shortcut, 'relu');
}
