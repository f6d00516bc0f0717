import type { IntegerGraph } from '@bnfree/core';
import { networkBuilder, type NetworkBuilder, type NetworkValue } from './networkBuilder.js';

/** A convolution: filters, kernel, and the stride where it is not 1. */
type Step = readonly [filters: number, kernel: readonly [number, number], stride?: number];

const [ONE, THREE, FIVE] = [1, 3, 5].map((size) => [size, size] as const);
const [ACROSS_SEVEN, DOWN_SEVEN] = [[1, 7] as const, [7, 1] as const];
const [ACROSS_THREE, DOWN_THREE] = [[1, 3] as const, [3, 1] as const];

/** InceptionV3, batch normalization gone: 94 convolutions, of 35 kinds and more, in blocks of branches (Szegedy et al., 2016). */
export function inceptionV3({ size = 299 } = {}): IntegerGraph {
  const net = networkBuilder('inceptionv3');
  const pool = { kernel: 3, stride: 2 };
  let value = net.input([1, size, size, 3], 'pixels');
  value = net.conv(value, { filters: 32, kernel: 3, stride: 2 });
  value = net.conv(value, { filters: 32, kernel: 3 });
  value = net.maxPool(net.conv(value, { filters: 64, kernel: 3, padding: 1 }), pool);
  value = net.conv(net.conv(value, { filters: 80, kernel: 1 }), { filters: 192, kernel: 3 });
  value = net.maxPool(value, pool);
  for (const filters of [32, 64, 64]) value = blockOf35(net, value, filters);
  value = net.concat(
    branch(net, value, [[384, THREE, 2]]),
    branch(net, value, [
      [64, ONE],
      [96, THREE],
      [96, THREE, 2],
    ]),
    net.maxPool(value, pool),
  );
  for (const filters of [128, 160, 160, 192]) value = blockOf17(net, value, filters);
  value = net.concat(
    branch(net, value, [
      [192, ONE],
      [320, THREE, 2],
    ]),
    branch(net, value, [
      [192, ONE],
      [192, ACROSS_SEVEN],
      [192, DOWN_SEVEN],
      [192, THREE, 2],
    ]),
    net.maxPool(value, pool),
  );
  for (let block = 0; block < 2; block += 1) value = blockOf8(net, value);
  return net.graph(net.dense(net.globalAverage(value), 1000, { output: 'linear' }));
}

/** Convolutions one after the other; those of stride 1 keep the size of the image. */
function branch(net: NetworkBuilder, from: NetworkValue, steps: readonly Step[]): NetworkValue {
  return steps.reduce(
    (value, [filters, kernel, stride = 1]) =>
      net.conv(value, {
        filters,
        kernel,
        stride,
        padding: stride > 1 ? 0 : [(kernel[0] - 1) / 2, (kernel[1] - 1) / 2],
      }),
    from,
  );
}

/** An average of neighbors and a convolution. */
function pooledBranch(net: NetworkBuilder, from: NetworkValue, filters: number): NetworkValue {
  return net.conv(net.averagePool(from, { kernel: 3, padding: 1 }), { filters, kernel: 1 });
}

function blockOf35(net: NetworkBuilder, from: NetworkValue, pooled: number): NetworkValue {
  return net.concat(
    branch(net, from, [[64, ONE]]),
    branch(net, from, [
      [48, ONE],
      [64, FIVE],
    ]),
    branch(net, from, [
      [64, ONE],
      [96, THREE],
      [96, THREE],
    ]),
    pooledBranch(net, from, pooled),
  );
}

function blockOf17(net: NetworkBuilder, from: NetworkValue, filters: number): NetworkValue {
  return net.concat(
    branch(net, from, [[192, ONE]]),
    branch(net, from, [
      [filters, ONE],
      [filters, ACROSS_SEVEN],
      [192, DOWN_SEVEN],
    ]),
    branch(net, from, [
      [filters, ONE],
      [filters, DOWN_SEVEN],
      [filters, ACROSS_SEVEN],
      [filters, DOWN_SEVEN],
      [192, ACROSS_SEVEN],
    ]),
    pooledBranch(net, from, 192),
  );
}

function blockOf8(net: NetworkBuilder, from: NetworkValue): NetworkValue {
  const second = branch(net, from, [[384, ONE]]);
  const third = branch(net, from, [
    [448, ONE],
    [384, THREE],
  ]);
  return net.concat(
    branch(net, from, [[320, ONE]]),
    branch(net, second, [[384, ACROSS_THREE]]),
    branch(net, second, [[384, DOWN_THREE]]),
    branch(net, third, [[384, ACROSS_THREE]]),
    branch(net, third, [[384, DOWN_THREE]]),
    pooledBranch(net, from, 192),
  );
}
