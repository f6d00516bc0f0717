import type { IntegerGraph } from '@bnfree/core';
import { alexNet, type AlexNetOptions } from '../../../benchmarks/src/networks/alexNet.js';

/** An integer AlexNet with random weights. */
export interface FullSizeModel {
  readonly name: string;
  /** Height and width of its images. */
  readonly size: number;
  readonly graph: () => IntegerGraph;
}

const settings: Readonly<Record<string, AlexNetOptions>> = {
  W8A8: {},
  W4A4: { bits: 4 },
  W2A4: { bits: 4, weightBits: 2 },
};

const shapes = [
  ['torchvision', 224],
  ['original', 227],
] as const;

/**
 * AlexNet in both shapes and three widths of bits, for 1000 classes; first and last layer's weights have 8 bits.
 *
 * `isTiny`: the same layers with a sixteenth of the channels, for images of 67 x 67.
 */
export function fullSizeModels(isTiny = false): FullSizeModel[] {
  const tiny = isTiny ? { size: 67, width: 1 / 16 } : {};
  return shapes.flatMap(([shape, size]) =>
    Object.entries(settings).map(([bits, options]) => ({
      name: `${shape} ${bits}`,
      size: tiny.size ?? size,
      graph: () => alexNet({ ...options, ...tiny, shape }),
    })),
  );
}
