import {
  type LayoutChooser,
  type PlaceOperandsOptions,
  denseLayout,
  requestedLayout,
} from '@bnfree/integer-kernels';
import { sequence } from './sequence.js';

/** Memory layouts of a run: dense ones, those that the backend asks for, or random ones, better or worse than that. */
export type LayoutChoice = 'dense' | 'requested' | 'random';

/** Every choice. */
export const layoutChoices: readonly LayoutChoice[] = ['dense', 'requested', 'random'];

/** The layouts of a choice, for `placeOperands`. */
export function layoutsOf(choice: LayoutChoice, seed: number): NonNullable<PlaceOperandsOptions['layouts']> {
  return choice === 'random' ? randomLayouts(sequence(seed)) : choice;
}

/** More or less than was asked for, operand by operand. */
function randomLayouts(next: () => number): LayoutChooser {
  const upTo = (largest: number): number => Math.floor(next() * (largest + 1));
  return (tensor, request) => {
    const { halo } = requestedLayout(tensor, request);
    const { channelStride } = denseLayout(tensor);
    const multiple = [1, 4, 8, 16][upTo(3)];
    const side = (wanted: number): number => (tensor.shape.length === 4 ? upTo(1) * wanted + upTo(2) : 0);
    return {
      channelStride: Math.ceil((channelStride + upTo(1) * upTo(9)) / multiple) * multiple,
      halo: {
        top: side(halo.top),
        bottom: side(halo.bottom),
        left: side(halo.left),
        right: side(halo.right),
      },
      tailBytes: upTo(1) * request.tailBytes,
    };
  };
}
