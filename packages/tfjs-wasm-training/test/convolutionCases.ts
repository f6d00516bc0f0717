import fc from 'fast-check';

export interface ConvolutionCase {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly inChannels: number;
  /** Output channels, or the channel multiplier of a depthwise convolution. */
  readonly outChannels: number;
  readonly filterHeight: number;
  readonly filterWidth: number;
  readonly strides: [number, number];
  readonly pad: 'same' | 'valid' | number | [[0, 0], [number, number], [number, number], [0, 0]];
  readonly seed: number;
}

const small = (max: number): fc.Arbitrary<number> => fc.integer({ min: 1, max });
const padding = fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 3 }));

/** The cpu backend is wrong about a padding given as one number unless filter and strides are square. */
function square(c: ConvolutionCase): ConvolutionCase {
  return { ...c, filterWidth: c.filterHeight, strides: [c.strides[0], c.strides[0]] };
}

/** Small convolutions of all kinds; each has at least one output. */
export function convolutionCases(maxOutChannels: number): fc.Arbitrary<ConvolutionCase> {
  return fc
    .record({
      batch: small(3),
      height: small(9),
      width: small(9),
      inChannels: small(4),
      outChannels: small(maxOutChannels),
      filterHeight: small(5),
      filterWidth: small(5),
      strides: fc.tuple(small(4), small(4)),
      pad: fc.oneof(
        fc.constant('same' as const),
        fc.constant('valid' as const),
        fc.integer({ min: 0, max: 3 }),
        fc.tuple(fc.constant<[0, 0]>([0, 0]), padding, padding, fc.constant<[0, 0]>([0, 0])),
      ),
      seed: fc.nat(),
    })
    .map((c) => (typeof c.pad === 'number' ? square(c) : c))
    .filter(({ height, width, filterHeight, filterWidth, pad }) => {
      if (pad === 'same') return true;
      const [rows, columns] = extraSize(pad);
      return filterHeight <= height + rows && filterWidth <= width + columns;
    });
}

function extraSize(pad: Exclude<ConvolutionCase['pad'], 'same'>): [number, number] {
  if (pad === 'valid') return [0, 0];
  if (typeof pad === 'number') return [2 * pad, 2 * pad];
  return [pad[1][0] + pad[1][1], pad[2][0] + pad[2][1]];
}
