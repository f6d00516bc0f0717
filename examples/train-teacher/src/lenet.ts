import {
  initializers,
  input,
  layers,
  type LayersModel,
  model,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';

/**
 * LeNet with batch normalization behind every layer but the last.
 *
 * The net of LeCun et al., "Gradient-based learning applied to document recognition" (1998), in the size that Caffe made
 * common: 20 and 50 channels of 5 x 5, 500 units. Input `[batch, 28, 28, 1]`; output `[batch, 10]` logits.
 */
export function lenet(seed: number): LayersModel {
  const image = input({ shape: [28, 28, 1], name: 'input' });
  let top: SymbolicTensor = image;
  let used = 0;
  const put = (layer: { apply(from: SymbolicTensor): unknown }): void => {
    top = layer.apply(top) as SymbolicTensor;
  };
  const kernel = () => ({ kernelInitializer: initializers.heNormal({ seed: seed * 64 + (used += 1) }) });
  const normalize = (number: number): void => {
    put(layers.batchNormalization({ momentum: 0.9, epsilon: 1e-3, name: `bn${number}` }));
    put(layers.reLU({ name: `relu${number}` }));
  };
  [20, 50].forEach((filters, index) => {
    const name = `conv${index + 1}`;
    put(layers.conv2d({ filters, kernelSize: 5, useBias: false, name, ...kernel() }));
    normalize(index + 1);
    put(layers.maxPooling2d({ poolSize: 2, strides: 2, name: `pool${index + 1}` }));
  });
  put(layers.flatten({ name: 'flatten' }));
  put(layers.dense({ units: 500, useBias: false, name: 'fc3', ...kernel() }));
  normalize(3);
  put(layers.dense({ units: 10, name: 'fc4', ...kernel() }));
  return model({ inputs: image, outputs: top, name: 'lenet_bn_mnist' });
}
