import type { WeightCode } from '@bnfree/integer-kernels';
import type { PointwiseFunction } from '../functions/pointwiseFunction.js';

/** How an accumulator becomes an activation, from the strictest hardware to the most capable. */
export type RequantizationScheme =
  /** `round(acc / alpha)`, one integer alpha per layer, no bias. */
  | 'divide'
  /** One shift per layer, integer bias. */
  | 'shiftPerLayer'
  /** One shift per output channel, integer bias. */
  | 'shiftPerChannel'
  /** One dyadic multiplier per layer, integer bias. */
  | 'perLayer'
  /** One dyadic multiplier per output channel, integer bias. */
  | 'perChannel'
  /** `2^bits - 1` integer thresholds per output channel, no bias; for activations of at most 4 bits. */
  | 'thresholds';

/** A fraction of two integers. */
export interface Rational {
  readonly numerator: number;
  readonly denominator: number;
}

/** One input of the student: stored pixels `p` in 0..255 stand for `(p - zeroPoint) * scale`. */
export interface PlannedInput {
  readonly kind: 'input';
  /** The teacher's input node. */
  readonly name: string;
  /** `[height, width, channels]` or `[features]`. */
  readonly shape: readonly number[];
  readonly zeroPoint: number;
  readonly scale: Rational;
}

/** How a value of the student is stored. */
export interface PlannedActivations {
  readonly bits: number;
  /** What a step is worth, where the teacher's own activations lie on a grid: it is kept. Chosen from data elsewhere. */
  readonly step?: Rational;
}

/** The linear part of a planned layer, with the attributes that the integer op will have. */
export type PlannedOperation =
  | {
      readonly kind: 'conv2d';
      readonly kernel: readonly [number, number];
      readonly strides: readonly [number, number];
      readonly dilations: readonly [number, number];
      readonly padding: {
        readonly top: number;
        readonly bottom: number;
        readonly left: number;
        readonly right: number;
      };
      readonly groups: number;
    }
  | {
      readonly kind: 'depthwiseConv2d';
      readonly kernel: readonly [number, number];
      readonly strides: readonly [number, number];
      readonly dilations: readonly [number, number];
      readonly padding: {
        readonly top: number;
        readonly bottom: number;
        readonly left: number;
        readonly right: number;
      };
      readonly channelMultiplier: number;
    }
  | { readonly kind: 'dense' }
  /** A stand-alone normalisation: one weight and one bias a channel (a 1x1 depthwise convolution). */
  | { readonly kind: 'affine' };

/** One integer layer and the teacher value that it must reproduce. */
export interface PlannedLayer {
  readonly kind: 'layer';
  readonly stage: 'planned';
  /** The teacher's layer name; names the layer everywhere. */
  readonly name: string;
  readonly input: string;
  readonly operation: PlannedOperation;
  /** Teacher value to reproduce: behind normalisation and activation. */
  readonly tap: string;
  /** Teacher nodes that this layer stands for, in order: linear, normalisations, activation. */
  readonly teacherNodes: readonly string[];
  readonly activation: 'linear' | 'relu' | 'relu6';
  readonly inputShape: readonly number[];
  /** Shape of the layer's own output (the tap), without the batch axis. */
  readonly outputShape: readonly number[];
  readonly weights: { readonly bits: number; readonly code: WeightCode };
  /** null for the int32 logits of an output layer. */
  readonly activations: PlannedActivations | null;
  readonly requantization: RequantizationScheme;
}

/** An op without weights between layers: it keeps (pooling, reshape) or refines (average) the values' grid. */
export interface PlannedStructure {
  readonly kind: 'structure';
  readonly name: string;
  readonly input: string;
  readonly inputShape: readonly number[];
  readonly outputShape: readonly number[];
  readonly operation:
    | {
        readonly kind: 'maxPool2d' | 'averagePool2d';
        readonly kernel: readonly [number, number];
        readonly strides: readonly [number, number];
        readonly padding: {
          readonly top: number;
          readonly bottom: number;
          readonly left: number;
          readonly right: number;
        };
      }
    | { readonly kind: 'globalAveragePool2d' | 'reshape' };
}

/**
 * Values become one on a grid of its own: a residual sum, branches side by side, or a function of one value by its table.
 * No weights, nothing to train but the grid.
 */
export interface PlannedMerge {
  readonly kind: 'merge';
  /** The teacher's layer name. */
  readonly name: string;
  /** Two or more values; one for a function. */
  readonly inputs: readonly string[];
  readonly operation: MergeOperation;
  /** Teacher value to reproduce: behind the activation. */
  readonly tap: string;
  /** Teacher nodes that this merge stands for, in order: sum or concatenation, activation. */
  readonly teacherNodes: readonly string[];
  readonly activation: 'linear' | 'relu' | 'relu6';
  /** One a value, without the batch axis. */
  readonly inputShapes: readonly (readonly number[])[];
  readonly outputShape: readonly number[];
  readonly activations: PlannedActivations;
}

/** `add`: values of one shape; `concat`: along the channels; `lookup`: an activation other than ReLU, value by value. */
export type MergeOperation =
  { readonly kind: 'add' | 'concat' } | { readonly kind: 'lookup'; readonly form: PointwiseFunction };

/** What is made one after another, each on a grid of its own: a layer with weights, or a merge. */
export type PlannedUnit = PlannedLayer | PlannedMerge;

export type PlanNode = PlannedUnit | PlannedStructure;

/** Names of the values that a node takes. */
export function inputsOf(node: PlanNode): readonly string[] {
  return node.kind === 'merge' ? node.inputs : [node.input];
}

/** Whether a node is made, rather than following from what is. */
export function isUnit(node: PlanNode): node is PlannedUnit {
  return node.kind !== 'structure';
}

/** Which integer network is to be made: no numbers learned yet, plain JSON, editable. */
export interface StudentPlan {
  readonly name: string;
  readonly inputs: readonly PlannedInput[];
  /** In an order in which they can run. */
  readonly nodes: readonly PlanNode[];
  /**
   * Names of the values that the student gives: int32 sums of a layer without activation bits, or values on a grid. Classes are
   * ranked by the first.
   */
  readonly outputs: readonly string[];
  /** Names of the first output's classes; may be empty. */
  readonly classes: readonly string[];
}
