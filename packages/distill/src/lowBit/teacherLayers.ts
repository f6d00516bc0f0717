import * as tf from '@tensorflow/tfjs-core';
import { applyFunction } from '../functions/applyFunction.js';
import { quantizeDoReFa, quantizeUnitInterval } from './quantizeDoReFa.js';

/** What of tfjs-layers is needed. Structural: two copies of tfjs-layers do not work together, so that yours is taken. */
export interface TfjsLayersModule {
  readonly layers: {
    readonly conv2d: (config: never) => unknown;
    readonly dense: (config: never) => unknown;
    readonly activation: (config: never) => unknown;
  };
}

type ConfigOf<Factory extends (config: never) => unknown> = Parameters<Factory>[0];

/** Custom layers of teachers that this package can read, made of your copy of tfjs-layers. */
export interface TeacherLayers<Module extends TfjsLayersModule> {
  /** A convolution whose weights are quantized to `weightBits` bits (1 to 8) as in DoReFa-Net. */
  readonly doReFaConv2d: (
    config: ConfigOf<Module['layers']['conv2d']> & { readonly weightBits: number },
  ) => ReturnType<Module['layers']['conv2d']>;
  /** A dense layer of such weights. */
  readonly doReFaDense: (
    config: ConfigOf<Module['layers']['dense']> & { readonly weightBits: number },
  ) => ReturnType<Module['layers']['dense']>;
  /** `round((2^bits - 1) * min(max(x, 0), 1)) / (2^bits - 1)`, the activation of DoReFa-Net; 1 to 8 bits. */
  readonly quantizedActivation: (config: {
    readonly bits: number;
    readonly name?: string;
  }) => ReturnType<Module['layers']['activation']>;
  /** `x * min(max(x / 6 + 1 / 2, 0), 1)`. */
  readonly hardSwish: (config?: { readonly name?: string }) => ReturnType<Module['layers']['activation']>;
}

interface LayerLike {
  readonly kernel?: { read(): tf.Tensor };
  readonly bias?: { read(): tf.Tensor } | null;
  readonly strides?: [number, number];
  readonly padding?: 'same' | 'valid';
  readonly dilationRate?: [number, number];
  readonly activation?: { apply(x: tf.Tensor): tf.Tensor } | null;
  getConfig(): tf.serialization.ConfigDict;
}

type Settings = Record<string, unknown>;
type LayerClass = new (config: Settings) => LayerLike;

const known = new WeakMap<object, TeacherLayers<TfjsLayersModule>>();

/**
 * Layers for low-bit teachers, and their classes registered with tfjs, so that `tf.loadLayersModel` knows them.
 *
 * They train with straight-through gradients: `teacherLayers(tfl).doReFaConv2d({ filters: 64, kernelSize: 3, weightBits: 2 })`.
 */
export function teacherLayers<Module extends TfjsLayersModule>(tfl: Module): TeacherLayers<Module> {
  const made = known.get(tfl.layers) ?? makeLayers(tfl);
  known.set(tfl.layers, made);
  return made;
}

function makeLayers({ layers }: TfjsLayersModule): TeacherLayers<TfjsLayersModule> {
  const classOf = (layer: unknown): LayerClass => (layer as object).constructor as LayerClass;
  const conv = quantizedClass(
    'DoReFaConv2D',
    classOf(layers.conv2d({ filters: 1, kernelSize: 1 } as never)),
    (layer, x) => {
      const { strides = [1, 1], padding = 'valid', dilationRate = [1, 1] } = layer;
      const kernel = quantizeDoReFa(kernelOf(layer), layer.bits);
      return linear(
        layer,
        tf.conv2d(x as tf.Tensor4D, kernel as tf.Tensor4D, strides, padding, 'NHWC', dilationRate),
      );
    },
    'weightBits',
  );
  const dense = quantizedClass(
    'DoReFaDense',
    classOf(layers.dense({ units: 1 } as never)),
    (layer, x) => linear(layer, tf.matMul(x, quantizeDoReFa(kernelOf(layer), layer.bits))),
    'weightBits',
  );
  const activationClass = classOf(layers.activation({ activation: 'linear' } as never));
  const activation = quantizedClass(
    'QuantizedActivation',
    activationClass,
    (layer, x) => quantizeUnitInterval(x, layer.bits),
    'bits',
  );
  const hardSwish = quantizedClass(
    'HardSwish',
    activationClass,
    (_, x) => applyFunction({ kind: 'hardSwish' }, x),
    null,
  );
  return {
    doReFaConv2d: (config) => new conv(config),
    doReFaDense: (config) => new dense(config),
    quantizedActivation: (config) => new activation({ activation: 'linear', ...config }),
    hardSwish: (config = {}) => new hardSwish({ activation: 'linear', ...config }),
  };
}

/** A subclass that computes by itself and keeps its number of bits in its configuration. */
function quantizedClass(
  className: string,
  base: LayerClass,
  compute: (layer: LayerLike & { readonly bits: number }, x: tf.Tensor) => tf.Tensor,
  bitsName: 'bits' | 'weightBits' | null,
): LayerClass {
  const made = class extends base {
    static readonly className = className;
    readonly bits: number;

    constructor(config: Settings) {
      super(config);
      const bits = bitsName === null ? 8 : config[bitsName];
      if (!Number.isInteger(bits) || (bits as number) < 1 || (bits as number) > 8)
        throw new RangeError(`${className}: got ${bitsName ?? ''} ${String(bits)}, expected 1 to 8`);
      this.bits = bits as number;
    }

    getClassName(): string {
      return className;
    }

    call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
      return tf.tidy(() => compute(this, Array.isArray(inputs) ? inputs[0] : inputs));
    }

    override getConfig(): tf.serialization.ConfigDict {
      return bitsName === null ? super.getConfig() : { ...super.getConfig(), [bitsName]: this.bits };
    }
  };
  tf.serialization.registerClass(
    made as unknown as tf.serialization.SerializableConstructor<tf.serialization.Serializable>,
  );
  return made;
}

function kernelOf({ kernel }: LayerLike): tf.Tensor {
  if (kernel === undefined) throw new RangeError('a layer that is not built has no kernel');
  return kernel.read();
}

function linear({ bias, activation }: LayerLike, sums: tf.Tensor): tf.Tensor {
  const value = bias === null || bias === undefined ? sums : tf.add(sums, bias.read());
  return activation === null || activation === undefined ? value : activation.apply(value);
}
