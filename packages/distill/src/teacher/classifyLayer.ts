import type { PointwiseFunction } from '../functions/pointwiseFunction.js';
import type { TfjsLayer } from './tfjsLayersModel.js';
import type { TeacherOperation } from './teacher.js';

/** What a layer does: its operation, and that of a built-in activation (null where there is none). */
export interface LayerClass {
  readonly operation: TeacherOperation;
  readonly activation: TeacherOperation | null;
}

/** Shapes without the batch axis. */
interface LayerShapes {
  readonly inputs: readonly (readonly number[])[];
  readonly output: readonly number[];
}

type Config = Readonly<Record<string, unknown>>;
type Classifier = (config: Config, shapes: LayerShapes) => TeacherOperation | string;

/** Per tfjs class name: the operation, or in words why there is no student form. */
const classifiers: Readonly<Partial<Record<string, Classifier>>> = {
  InputLayer: () => ({ kind: 'input' }),
  Conv2D: (config) => {
    const problem = windowProblem(config);
    if (problem !== null) return problem;
    return {
      kind: 'conv2d',
      strides: pair(config['strides']),
      dilations: pair(config['dilationRate'] ?? 1),
      padding: padding(config),
      kernel: pair(config['kernelSize']),
      filters: Number(config['filters']),
      hasBias: config['useBias'] !== false,
    };
  },
  DoReFaConv2D: (config, shapes) => withWeightBits(config, classifiers['Conv2D']?.(config, shapes)),
  DoReFaDense: (config, shapes) => withWeightBits(config, classifiers['Dense']?.(config, shapes)),
  QuantizedActivation: (config) => ({ kind: 'quantizedActivation', bits: Number(config['bits']) }),
  DepthwiseConv2D: (config) => {
    const problem = windowProblem(config);
    if (problem !== null) return problem;
    const dilations = pair(config['dilationRate'] ?? 1);
    if (dilations.some((step) => step !== 1)) {
      return 'tfjs computes depthwise convolutions without their dilation, so that this teacher is not the trained one.';
    }
    return {
      kind: 'depthwiseConv2d',
      strides: pair(config['strides']),
      dilations,
      padding: padding(config),
      kernel: pair(config['kernelSize']),
      channelMultiplier: Number(config['depthMultiplier'] ?? 1),
      hasBias: config['useBias'] !== false,
    };
  },
  // Its depthwise part; see openSeparable.
  SeparableConv2D: (config) =>
    windowProblem(config) ?? {
      kind: 'depthwiseConv2d',
      strides: pair(config['strides']),
      dilations: pair(config['dilationRate'] ?? 1),
      padding: padding(config),
      kernel: pair(config['kernelSize']),
      channelMultiplier: Number(config['depthMultiplier'] ?? 1),
      hasBias: config['useBias'] !== false,
    },
  Dense: (config, { inputs }) =>
    inputs[0]?.length === 1
      ? { kind: 'dense', units: Number(config['units']), hasBias: config['useBias'] !== false }
      : `Dense on values of shape [${String(inputs[0])}] has no integer form; [features] was expected.`,
  BatchNormalization: (config, { output }) => {
    const axis = Number(Array.isArray(config['axis']) ? config['axis'][0] : (config['axis'] ?? -1));
    return axis === -1 || axis === output.length
      ? { kind: 'batchNormalization', epsilon: Number(config['epsilon'] ?? 1e-3) }
      : `Normalization along axis ${axis} has no integer form; the last axis was expected.`;
  },
  Rescaling: () => ({ kind: 'affine' }),
  Activation: (config) => activationOf(String(config['activation'])),
  ReLU: (config) => {
    if (Number(config['negativeSlope'] ?? 0) !== 0)
      return 'A ReLU with a negative slope has no integer form.';
    if (Number(config['threshold'] ?? 0) !== 0) return 'A ReLU with a threshold has no integer form.';
    const maximum = (config['maxValue'] ?? null) as number | null;
    if (maximum === null) return { kind: 'activation', activation: 'relu' };
    if (maximum === 6) return { kind: 'activation', activation: 'relu6' };
    return functionOf({ kind: 'clippedRelu', maximum });
  },
  LeakyReLU: (config) => functionOf({ kind: 'leakyRelu', slope: Number(config['alpha'] ?? 0.3) }),
  ELU: (config) => functionOf({ kind: 'elu', alpha: Number(config['alpha'] ?? 1) }),
  ThresholdedReLU: (config) =>
    functionOf({ kind: 'thresholdedRelu', threshold: Number(config['theta'] ?? 1) }),
  // Its last part; see openPrelu.
  PReLU: () => ({ kind: 'add' }),
  // Unless it is a function of one value; see fuseGates.
  Multiply: () =>
    'A product of two values has no integer form; that of a value with its own sigmoid or hard sigmoid was expected.',
  HardSwish: () => functionOf({ kind: 'hardSwish' }),
  Softmax: (config, { output }) => {
    const axis = Number(Array.isArray(config['axis']) ? config['axis'][0] : config['axis']);
    return axis === -1 || axis === output.length
      ? { kind: 'activation', activation: 'softmax' }
      : `Softmax along axis ${axis} is not over the classes; the last axis was expected.`;
  },
  MaxPooling2D: (config) => pool('maxPool2d', config),
  AveragePooling2D: (config) => pool('averagePool2d', config),
  GlobalAveragePooling2D: (config) => windowProblem(config) ?? { kind: 'globalAveragePool2d' },
  Flatten: (config) => windowProblem(config) ?? { kind: 'flatten' },
  Reshape: (_config, { output }) => ({ kind: 'reshape', targetShape: output }),
  ZeroPadding2D: (config) => {
    const [rows, columns] = config['padding'] as readonly [
      readonly [number, number],
      readonly [number, number],
    ];
    const sides = { top: rows[0], bottom: rows[1], left: columns[0], right: columns[1] };
    return windowProblem(config) ?? { kind: 'zeroPadding2d', padding: sides };
  },
  Dropout: () => ({ kind: 'dropout' }),
  SpatialDropout1D: () => ({ kind: 'dropout' }),
  GaussianNoise: () => ({ kind: 'dropout' }),
  GaussianDropout: () => ({ kind: 'dropout' }),
  AlphaDropout: () => ({ kind: 'dropout' }),
  Add: (_config, { inputs }) =>
    inputs.every((shape) => String(shape) === String(inputs[0]))
      ? { kind: 'add' }
      : `A sum of shapes [${inputs.join('] and [')}] has no integer form; values of one shape were expected.`,
  Concatenate: (config, { output }) => {
    const axis = Number(config['axis'] ?? -1);
    return axis === -1 || axis === output.length
      ? { kind: 'concat' }
      : `Concatenation along axis ${axis} has no integer form; the channels, the last axis, were expected.`;
  },
};

const layersWithActivation: ReadonlySet<string> = new Set([
  'Conv2D',
  'DepthwiseConv2D',
  'SeparableConv2D',
  'Dense',
  'DoReFaConv2D',
  'DoReFaDense',
]);

/** Says what a tfjs layer does, in terms that a student can be planned from. Never throws on an unknown layer. */
export function classifyLayer(layer: TfjsLayer, shapes: LayerShapes): LayerClass {
  const className = layer.getClassName();
  const classifier = Object.hasOwn(classifiers, className) ? classifiers[className] : undefined;
  if (classifier === undefined) {
    return { operation: unsupported(className, `${className} has no integer form.`), activation: null };
  }
  const config = layer.getConfig() as Config;
  const found = classifier(config, shapes);
  if (typeof found === 'string') return { operation: unsupported(className, found), activation: null };
  const name = layersWithActivation.has(className)
    ? ((config['activation'] ?? 'linear') as string)
    : 'linear';
  if (name === 'linear') return { operation: found, activation: null };
  const activation = activationOf(name);
  return {
    operation: found,
    activation: typeof activation === 'string' ? unsupported(className, activation) : activation,
  };
}

function withWeightBits(
  config: Config,
  operation: TeacherOperation | string | undefined,
): TeacherOperation | string {
  if (typeof operation !== 'object') return operation ?? 'This layer has no integer form.';
  return operation.kind === 'conv2d' || operation.kind === 'dense'
    ? { ...operation, weightBits: Number(config['weightBits']) }
    : operation;
}

function unsupported(className: string, reason: string): TeacherOperation {
  return { kind: 'unsupported', className, reason };
}

function activationOf(name: string): TeacherOperation | string {
  switch (name) {
    case 'linear':
    case 'relu':
    case 'relu6':
    case 'softmax':
      return { kind: 'activation', activation: name };
    default: {
      const form = Object.hasOwn(namedFunctions, name) ? namedFunctions[name] : undefined;
      const known = ['linear', 'relu', 'relu6', ...Object.keys(namedFunctions)].join(', ');
      return form === undefined
        ? `The activation "${name}" has no integer form; ${known} or a last softmax was expected.`
        : functionOf(form);
    }
  }
}

/** tfjs's names of functions that become tables. */
const namedFunctions: Readonly<Partial<Record<string, PointwiseFunction>>> = {
  elu: { kind: 'elu', alpha: 1 },
  selu: { kind: 'selu' },
  sigmoid: { kind: 'sigmoid' },
  hardSigmoid: { kind: 'hardSigmoid', slope: 0.2, offset: 0.5 },
  tanh: { kind: 'tanh' },
  softplus: { kind: 'softplus' },
  softsign: { kind: 'softsign' },
  swish: { kind: 'swish' },
  mish: { kind: 'mish' },
  gelu: { kind: 'gelu' },
  gelu_new: { kind: 'geluTanh' },
};

function functionOf(form: PointwiseFunction): TeacherOperation {
  return { kind: 'function', form };
}

function pool(kind: 'maxPool2d' | 'averagePool2d', config: Config): TeacherOperation | string {
  const problem = windowProblem(config);
  if (problem !== null) return problem;
  const kernel = pair(config['poolSize']);
  return { kind, kernel, strides: pair(config['strides'] ?? kernel), padding: padding(config) };
}

/** Why a layer that moves over an image cannot be planned, or null. */
function windowProblem(config: Config): string | null {
  if (config['dataFormat'] === 'channelsFirst') {
    return 'Data format channels_first has no integer form; channels_last was expected.';
  }
  const mode = config['padding'];
  if (typeof mode === 'string' && mode !== 'same' && mode !== 'valid') {
    return `Padding "${mode}" has no integer form; "same" or "valid" was expected.`;
  }
  return null;
}

function padding(config: Config): 'same' | 'valid' {
  return config['padding'] === 'same' ? 'same' : 'valid';
}

function pair(value: unknown): [number, number] {
  if (!Array.isArray(value)) return [Number(value), Number(value)];
  const [first, second = first] = value as number[];
  return [first, second];
}
