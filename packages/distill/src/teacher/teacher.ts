import type * as tf from '@tensorflow/tfjs-core';
import type { PointwiseFunction } from '../functions/pointwiseFunction.js';

/** What a teacher's node does, in terms that a student can be planned from. Attributes are plain data. */
export type TeacherOperation =
  | {
      readonly kind: 'conv2d';
      readonly strides: readonly [number, number];
      readonly dilations: readonly [number, number];
      readonly padding: 'same' | 'valid';
      readonly kernel: readonly [number, number];
      readonly filters: number;
      readonly hasBias: boolean;
      /** Of weights that the teacher itself computes with as DoReFa-Net quantizes them. */
      readonly weightBits?: number;
    }
  | {
      readonly kind: 'depthwiseConv2d';
      readonly strides: readonly [number, number];
      readonly dilations: readonly [number, number];
      readonly padding: 'same' | 'valid';
      readonly kernel: readonly [number, number];
      readonly channelMultiplier: number;
      readonly hasBias: boolean;
    }
  | {
      readonly kind: 'dense';
      readonly units: number;
      readonly hasBias: boolean;
      readonly weightBits?: number;
    }
  | { readonly kind: 'batchNormalization'; readonly epsilon: number }
  /** A constant gain and offset a channel: a rescaling layer, or what a converter left of a normalization. */
  | { readonly kind: 'affine' }
  | { readonly kind: 'activation'; readonly activation: 'linear' | 'relu' | 'relu6' | 'softmax' }
  /** `round((2^bits - 1) * min(max(x, 0), 1)) / (2^bits - 1)`: a low-bit teacher's activation. */
  | { readonly kind: 'quantizedActivation'; readonly bits: number }
  /** Any other activation: a function of one value, which a student has as a table. */
  | { readonly kind: 'function'; readonly form: PointwiseFunction }
  | {
      readonly kind: 'maxPool2d' | 'averagePool2d';
      readonly kernel: readonly [number, number];
      readonly strides: readonly [number, number];
      readonly padding: 'same' | 'valid';
    }
  | { readonly kind: 'globalAveragePool2d' | 'flatten' | 'dropout' | 'input' }
  | { readonly kind: 'reshape'; readonly targetShape: readonly number[] }
  /** Zeros around the image; a student has them as padding of the next convolution. */
  | {
      readonly kind: 'zeroPadding2d';
      readonly padding: {
        readonly top: number;
        readonly bottom: number;
        readonly left: number;
        readonly right: number;
      };
    }
  | { readonly kind: 'add' | 'concat' }
  /** Anything without a student form; `className` for the message. */
  | { readonly kind: 'unsupported'; readonly className: string; readonly reason: string };

/**
 * One step of the teacher's computation. A layer with a built-in activation appears as two nodes, `conv1` and
 * `conv1/activation`; nodes of nested models carry the path, `base/conv1`.
 */
export interface TeacherNode {
  /** Name of the value that the node makes; unique. */
  readonly name: string;
  readonly operation: TeacherOperation;
  /** Names of the nodes whose values it takes. */
  readonly inputs: readonly string[];
  /** Shape of the value without the batch axis. */
  readonly shape: readonly number[];
  /** Where the layer stands, for messages: `teacher.layers[7] "norm1"`. */
  readonly path: string;
}

/**
 * The float parameters of a node, on the host. Empty object for nodes without any.
 * conv2d kernel `[height, width, in, out]`, depthwise `[height, width, in, multiplier]`, dense `[in, out]`, as in tfjs; quantized
 * where the teacher computes with quantized weights.
 */
export interface TeacherParameters {
  readonly kernel?: { readonly shape: readonly number[]; readonly values: Float32Array };
  readonly bias?: Float32Array;
  readonly gamma?: Float32Array;
  readonly beta?: Float32Array;
  readonly mean?: Float32Array;
  readonly variance?: Float32Array;
  /** Of an affine node: `gain * x + offset`, one each a channel. */
  readonly gain?: Float32Array;
  readonly offset?: Float32Array;
}

/** A frozen float network: named nodes in an order in which they can run, any of which can be fed or fetched. */
export interface Teacher {
  readonly name: string;
  /** Topological; begins with one `input` node per model input. */
  readonly nodes: readonly TeacherNode[];
  readonly inputs: readonly string[];
  /** Names of the nodes whose values are the model's outputs. */
  readonly outputs: readonly string[];
  parameters(nodeName: string): TeacherParameters;
  /** SHA-256 over all parameters and the topology; identifies the teacher in checkpoints. */
  readonly digest: string;
  /**
   * Computes `fetches` from `feeds` in inference mode, running only what is needed. Any node can be fed.
   * The caller owns the returned tensors; feeds stay the caller's.
   */
  evaluate(feeds: ReadonlyMap<string, tf.Tensor>, fetches: readonly string[]): Map<string, tf.Tensor>;
}
