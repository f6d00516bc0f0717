/** Rows and columns added around an image. */
export interface PaddingSides {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

/** A window that moves over an image; every pair is `[height, width]`. */
export interface WindowGeometry {
  readonly kernel: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly dilations?: readonly [number, number];
  readonly padding: 'same' | 'valid';
}

/**
 * Explicit padding of a `same` or `valid` window, as TensorFlow defines it.
 *
 * `same`: output = ceil(input / stride), total = max((output - 1) * stride + reach - input, 0) with
 * reach = (kernel - 1) * dilation + 1; the smaller half stands at the top and at the left.
 */
export function explicitPadding(inputShape: readonly number[], window: WindowGeometry): PaddingSides {
  if (window.padding === 'valid') return { top: 0, bottom: 0, left: 0, right: 0 };
  const along = (axis: 0 | 1): readonly [number, number] => {
    const size = inputShape[axis];
    const reach = (window.kernel[axis] - 1) * (window.dilations?.[axis] ?? 1) + 1;
    const output = Math.ceil(size / window.strides[axis]);
    const total = Math.max((output - 1) * window.strides[axis] + reach - size, 0);
    const before = Math.floor(total / 2);
    return [before, total - before];
  };
  const [top, bottom] = along(0);
  const [left, right] = along(1);
  return { top, bottom, left, right };
}
