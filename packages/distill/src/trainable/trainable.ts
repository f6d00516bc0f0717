import type * as tf from '@tensorflow/tfjs-core';
import type { ActivationSpec, Op, Requantization, Weights } from '@bnfree/integer-kernels';
import type { PlannedLayer, PlannedOperation } from '../plan/studentPlan.js';

/** What an integer op needs beyond the attributes that stand in the plan. */
export interface IntegerOperands {
  readonly input: ActivationSpec;
  readonly output: ActivationSpec;
  readonly weights: Weights;
  readonly bias?: Int32Array;
  readonly requantization: Requantization;
}

type OperationOf<Kind extends PlannedOperation['kind']> = Extract<PlannedOperation, { kind: Kind }>;

/** The two faces of a linear operation: float and differentiable for training, integer for the graph. */
export interface Trainable<Kind extends PlannedOperation['kind']> {
  /** The linear map, without bias. `input` has a batch axis; differentiable in both arguments. */
  apply(operation: OperationOf<Kind>, input: tf.Tensor, kernel: tf.Tensor): tf.Tensor;
  /** Kernel index of weight `position` of output channel `channel`; the integer row's order. */
  kernelIndex(kernelShape: readonly number[], channel: number, position: number): number;
  outputChannels(kernelShape: readonly number[]): number;
  /** Shape under which one step per output channel broadcasts against the kernel. */
  stepShape(kernelShape: readonly number[]): number[];
  /** Shape of the integer weights, output channels first. */
  integerShape(kernelShape: readonly number[]): number[];
  integerOp(layer: PlannedLayer, operation: OperationOf<Kind>, operands: IntegerOperands): Op;
}
