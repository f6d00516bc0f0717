import * as tfl from '@tensorflow/tfjs-layers';
import { through } from './through.js';
import { fillWeights, tinyClasses, tinyShape } from './tinyTeacher.js';

/**
 * A graph with everything that branches: a residual sum with a ReLU behind it, a sum of three, a pre-activation block whose
 * normalization stands behind a sum, a concatenation of a pooled and a convolved branch, and a global average.
 */
export function branchingTeacher(seed = 1): tfl.LayersModel {
  const { layers } = tfl;
  const conv = (name: string, filters: number, kernelSize = 3) =>
    layers.conv2d({ name, filters, kernelSize, padding: 'same', useBias: false });
  const bn = (name: string) => layers.batchNormalization({ name });
  const relu = (name: string) => layers.reLU({ name });

  const image = tfl.input({ shape: [...tinyShape], name: 'image' });
  const stem = through(image, conv('conv1', 6), bn('bn1'), relu('relu1'));
  const residual = through(stem, conv('conv2', 6), bn('bn2'));
  const sum = through(
    layers.add({ name: 'add1' }).apply([stem, residual]) as tfl.SymbolicTensor,
    relu('relu2'),
  );
  // Pre-activation: the sum stays linear and is normalized on the way to the next convolution alone.
  const preActivated = through(sum, bn('bn3'), relu('relu3'), conv('conv3', 6));
  const depthwise = through(
    sum,
    layers.depthwiseConv2d({ name: 'depthwise', kernelSize: 3, padding: 'same' }),
    bn('bn4'),
  );
  const second = layers.add({ name: 'add2' }).apply([sum, preActivated, depthwise]) as tfl.SymbolicTensor;
  const pooled = through(second, layers.maxPooling2d({ name: 'pool', poolSize: 2 }));
  const strided = through(
    sum,
    layers.conv2d({ name: 'conv4', filters: 4, kernelSize: 3, strides: 2, padding: 'same' }),
    relu('relu4'),
  );
  const joined = layers.concatenate({ name: 'concat' }).apply([pooled, strided]) as tfl.SymbolicTensor;
  const logits = through(
    joined,
    layers.globalAveragePooling2d({ name: 'average' }),
    layers.dense({ name: 'fc', units: tinyClasses }),
  );
  const model = tfl.model({ name: 'branching', inputs: image, outputs: logits });
  fillWeights(model, seed);
  return model;
}
