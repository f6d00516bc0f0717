import type { DyadicScale, GraphNode } from '@bnfree/core';
import type { ActivationSpec } from '@bnfree/integer-kernels';
import type { PlannedLayer, PlannedMerge } from '../plan/studentPlan.js';

/**
 * The float numbers behind an integer layer, on the host.
 * Kernels are in tfjs order: conv2d `[height, width, in, out]`, depthwise `[height, width, in, multiplier]`,
 * dense `[in, out]`, affine `[channels]`.
 */
export interface LayerParameters {
  readonly kernelShape: readonly number[];
  readonly kernel: Float32Array;
  /** One a output channel; all zero, and kept so, under the `divide` scheme. */
  readonly bias: Float32Array;
}

/** Grid of a layer: what one step of its integers is worth. */
export interface LayerSteps {
  /** Worth of a weight step: one value, or one per output channel. */
  readonly weightSteps: Float32Array;
  /** Worth of an output step; null for int32 logits. */
  readonly activationStep: number | null;
  /**
   * `weightStep * inputScale / activationStep`, fixed on the scheme's own grid (powers of two, or 1 / integer) for
   * the schemes that have one; null where the dyadic multiplier follows the steps.
   */
  readonly fixedRatios: Float32Array | null;
  /**
   * Exact thresholds, `2^bits - 1` a channel, that take the place of those that follow from steps and bias. Only of a low-bit
   * teacher's own parameters.
   */
  readonly thresholds?: Int32Array;
}

/** Teacher's weights with the normalisation folded in: the starting point. */
export interface InitializedLayer {
  readonly stage: 'initialized';
  readonly plan: PlannedLayer;
  readonly parameters: LayerParameters;
}

/** The grid is chosen. */
export interface CalibratedLayer {
  readonly stage: 'calibrated';
  readonly plan: PlannedLayer;
  readonly parameters: LayerParameters;
  readonly steps: LayerSteps;
}

/** What fitting did. Losses are mean squared errors over the tap's mean square, on held-out images. */
export interface FitRecord {
  readonly steps: number;
  readonly lossBefore: number;
  readonly lossAfter: number;
}

/** Weights and grid were trained against the tap. */
export interface FittedLayer {
  readonly stage: 'fitted';
  readonly plan: PlannedLayer;
  readonly parameters: LayerParameters;
  readonly steps: LayerSteps;
  readonly fit: FitRecord;
}

/** A layer with a grid: it can be simulated in float and frozen. */
export type QuantizableLayer = CalibratedLayer | FittedLayer;

/** A value of the integer network: how it is stored and what a step is worth. */
export interface ValueGrid {
  readonly tensor: ActivationSpec;
  readonly scale: DyadicScale;
}

/** A merge whose grid is chosen. */
export interface CalibratedMerge {
  readonly stage: 'calibrated';
  readonly plan: PlannedMerge;
  /** Worth of an output step. */
  readonly activationStep: number;
  /** Stored value of zero; 0 but behind a table. */
  readonly zeroPoint: number;
}

/** Integers at last; keeps its float shadow, so that the end-to-end stage can reopen it. */
export interface FrozenLayer {
  readonly stage: 'frozen';
  readonly plan: PlannedLayer;
  readonly shadow: QuantizableLayer;
  /** Usually one; an affine layer on a vector takes a reshape on either side. The last one has the layer's name. */
  readonly nodes: readonly GraphNode[];
  readonly output: ValueGrid;
}

/** A merge as integers; keeps its step, so that the end-to-end stage can move it. */
export interface FrozenMerge {
  readonly stage: 'frozen';
  readonly plan: PlannedMerge;
  readonly shadow: CalibratedMerge;
  /** More than one for a sum of three or more values. The last one has the merge's name. */
  readonly nodes: readonly GraphNode[];
  readonly output: ValueGrid;
}

/** What a student is made of, besides the structures that follow from it. */
export type FrozenUnit = FrozenLayer | FrozenMerge;

/** Whether a frozen unit is a layer with weights. */
export function isFrozenLayer(unit: FrozenUnit): unit is FrozenLayer {
  return unit.plan.kind === 'layer';
}
