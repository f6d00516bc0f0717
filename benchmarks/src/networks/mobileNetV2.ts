import type { IntegerGraph } from '@bnfree/core';
import { networkBuilder, type NetworkBuilder, type NetworkValue } from './networkBuilder.js';

/** Expansion, filters, repeats and first stride of the stages, as in the paper (Sandler et al., 2018, table 2). */
const stages = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
] as const;

/** MobileNetV2 of width 1, batch normalization gone; ReLU6 is the clamp of the stored range. */
export function mobileNetV2({ size = 224 } = {}): IntegerGraph {
  const net = networkBuilder('mobilenetv2');
  const image = net.input([1, size, size, 3], 'pixels');
  let value = net.conv(image, { filters: 32, kernel: 3, stride: 2, padding: 1 });
  for (const [expansion, filters, repeats, firstStride] of stages) {
    for (let repeat = 0; repeat < repeats; repeat += 1) {
      value = invertedResidual(net, value, { expansion, filters, stride: repeat === 0 ? firstStride : 1 });
    }
  }
  const last = net.conv(value, { filters: 1280, kernel: 1 });
  return net.graph(net.dense(net.globalAverage(last), 1000, { output: 'linear' }));
}

function invertedResidual(
  net: NetworkBuilder,
  from: NetworkValue,
  { expansion, filters, stride }: { expansion: number; filters: number; stride: number },
): NetworkValue {
  const channels = from.tensor.shape[3];
  const expanded = expansion === 1 ? from : net.conv(from, { filters: channels * expansion, kernel: 1 });
  const filtered = net.depthwise(expanded, { kernel: 3, stride, padding: 1 });
  const projected = net.conv(filtered, { filters, kernel: 1, output: 'linear' });
  return stride === 1 && channels === filters ? net.add(projected, from) : projected;
}
