import type { LayoutRequest, TensorLayout } from '../backend.js';
import { convolutionOutputSize, type WindowAxis } from '../ops/window.js';

type Halo = LayoutRequest['halo'];

/** What windows see around the image: pixels on every side. */
export function neededHalo(vertical: WindowAxis, horizontal: WindowAxis): Halo {
  return {
    top: vertical.before,
    bottom: overhang(vertical),
    left: horizontal.before,
    right: overhang(horizontal),
  };
}

/** Whether the layout has at least that. */
export function hasHalo({ halo }: TensorLayout, needed: Halo): boolean {
  return (['top', 'bottom', 'left', 'right'] as const).every((side) => halo[side] >= needed[side]);
}

/** How far the last window reaches beyond the last value. */
function overhang(axis: WindowAxis): number {
  const last = (convolutionOutputSize(axis) - 1) * axis.stride + (axis.kernel - 1) * axis.dilation;
  return Math.max(0, last - axis.before - axis.inputSize + 1);
}
