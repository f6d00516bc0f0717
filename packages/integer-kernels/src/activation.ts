/** Storage type of one activation value. */
export type ElementType = 'int8' | 'uint8' | 'int32';

/**
 * What an activation tensor holds: `real = scale * (stored - zeroPoint)`.
 *
 * The scale is not part of it: kernels never need it. Activations narrower than 8 bits are stored one a byte
 * and bounded by `quantMin` and `quantMax`; so is a ReLU (its lower clamp is `quantMin`).
 */
export interface ActivationSpec {
  /** Logical shape; channels last. Convolution and pooling take `[batch, height, width, channels]`. */
  readonly shape: readonly number[];
  readonly type: ElementType;
  /** The stored value that stands for zero. 0 for int32. */
  readonly zeroPoint: number;
  /** Smallest stored value. */
  readonly quantMin: number;
  /** Largest stored value. */
  readonly quantMax: number;
}

/** Smallest and largest value that a storage type can hold. */
export const elementRange: Readonly<
  Record<ElementType, { readonly min: number; readonly max: number; readonly bytes: number }>
> = {
  int8: { min: -128, max: 127, bytes: 1 },
  uint8: { min: 0, max: 255, bytes: 1 },
  int32: { min: -2147483648, max: 2147483647, bytes: 4 },
};
