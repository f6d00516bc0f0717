import type { ActivationSpec } from '../activation.js';
import type { OpBase } from './op.js';

/** A pooling window: sizes and steps `[height, width]`, and padding that takes no part in the result. */
export interface PoolWindow {
  readonly kernel: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly padding: {
    readonly top: number;
    readonly bottom: number;
    readonly left: number;
    readonly right: number;
  };
}

/** Largest stored value of each window; padding is ignored; clamped to the output's range. Type and zero point stay. */
export interface MaxPool2dOp extends OpBase<'maxPool2d'>, PoolWindow {
  readonly inputs: readonly [ActivationSpec];
}
