import { activationPart } from './activationParts.js';
import { add, divide, fusedBatchNorm, multiply, subtract } from './channelOps.js';
import type { GraphConverter } from './graphPart.js';
import { conv2d, depthwiseConv2d, matMul } from './linearOps.js';
import { concat, identity, mean, pad, pool, reshape } from './shapeOps.js';

const activation: GraphConverter = ({ op, inputs, attributes }) => {
  const part = activationPart(op, attributes);
  return part === undefined
    ? `${op} has no integer form.`
    : { inputs: [inputs[0]], parts: [{ suffix: '', ...part }] };
};

/** Per TensorFlow op: what it becomes. */
const converters: Readonly<Record<string, GraphConverter>> = {
  Conv2D: conv2d,
  _FusedConv2D: conv2d,
  DepthwiseConv2dNative: depthwiseConv2d,
  FusedDepthwiseConv2dNative: depthwiseConv2d,
  MatMul: matMul,
  _FusedMatMul: matMul,
  BiasAdd: add,
  Add: add,
  AddV2: add,
  AddN: add,
  Sub: subtract,
  Mul: multiply,
  RealDiv: divide,
  Div: divide,
  FusedBatchNorm: fusedBatchNorm,
  FusedBatchNormV2: fusedBatchNorm,
  FusedBatchNormV3: fusedBatchNorm,
  Relu: activation,
  Relu6: activation,
  Softmax: activation,
  LeakyRelu: activation,
  Elu: activation,
  Selu: activation,
  Sigmoid: activation,
  Tanh: activation,
  Softplus: activation,
  Softsign: activation,
  MaxPool: pool('maxPool2d'),
  AvgPool: pool('averagePool2d'),
  Mean: mean,
  Reshape: reshape,
  Squeeze: reshape,
  Pad: pad,
  PadV2: pad,
  ConcatV2: concat,
  Identity: identity,
  StopGradient: identity,
};

/** What an op becomes; every op has an answer. */
export function graphConverter(op: string): GraphConverter {
  return Object.hasOwn(converters, op) ? converters[op] : () => `${op} has no integer form.`;
}
