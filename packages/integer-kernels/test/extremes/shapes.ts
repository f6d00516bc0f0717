/** Extents of a convolution or pool; sides of the padding: top, bottom, left, right. */
export interface WindowShape {
  readonly batch?: number;
  readonly image: readonly [height: number, width: number];
  readonly channels: number;
  readonly outputs?: number;
  readonly kernel: readonly [height: number, width: number];
  readonly strides?: readonly [number, number];
  readonly dilations?: readonly [number, number];
  readonly padding?: readonly [number, number, number, number];
  readonly groups?: number;
}

/** 1 .. 17: every remainder of the widths of vectors. */
export const oneToSeventeen: readonly number[] = Array.from({ length: 17 }, (_, index) => index + 1);

/** Windows that every kind of convolution must survive. */
export const windowShapes: readonly WindowShape[] = [
  { image: [1, 1], channels: 8, kernel: [1, 1] },
  { image: [1, 1], channels: 5, kernel: [3, 3], padding: [1, 1, 1, 1] },
  { image: [2, 2], channels: 3, kernel: [5, 5], padding: [2, 2, 2, 2] },
  { image: [3, 3], channels: 16, kernel: [7, 7], padding: [3, 3, 3, 3] },
  { image: [1, 9], channels: 4, kernel: [1, 7], padding: [0, 0, 3, 3] },
  { image: [9, 1], channels: 4, kernel: [7, 1], padding: [3, 3, 0, 0] },
  // Strides larger than the kernel, also where they leave one row or column.
  { image: [1, 5], channels: 4, kernel: [1, 1], strides: [1, 3], batch: 3 },
  { image: [5, 1], channels: 4, kernel: [1, 1], strides: [3, 1], batch: 3 },
  { image: [2, 3], channels: 4, kernel: [1, 1], strides: [3, 4], batch: 3 },
  { image: [7, 8], channels: 8, kernel: [1, 1], strides: [3, 2] },
  { image: [9, 9], channels: 3, kernel: [2, 2], strides: [3, 4] },
  { image: [8, 8], channels: 9, kernel: [3, 3], strides: [4, 5], padding: [1, 1, 1, 1] },
  { image: [5, 7], channels: 10, kernel: [3, 3], padding: [1, 1, 1, 1], batch: 3 },
  { image: [8, 8], channels: 8, kernel: [3, 3], dilations: [3, 3], padding: [3, 3, 3, 3] },
  { image: [4, 5], channels: 8, kernel: [3, 2], dilations: [3, 1], padding: [3, 3, 1, 0] },
  // Padding on one side, and wider than the kernel needs.
  { image: [6, 6], channels: 7, kernel: [3, 3], padding: [0, 2, 2, 0] },
  { image: [3, 4], channels: 8, kernel: [3, 3], padding: [4, 3, 3, 5] },
  { image: [9, 10], channels: 12, kernel: [5, 5], padding: [2, 2, 2, 2] },
  { image: [23, 23], channels: 3, kernel: [11, 11], strides: [4, 4], padding: [2, 2, 2, 2] },
  ...[3, 4, 5, 6, 7, 8].map((side): WindowShape => {
    return { image: [side, 11 - side], channels: 16, kernel: [3, 3], padding: [1, 1, 1, 1] };
  }),
  { image: [12, 5], channels: 16, kernel: [3, 3], strides: [2, 2], padding: [1, 1, 1, 1], batch: 3 },
];

/** Plain and grouped convolutions. */
export const convolutionShapes: readonly WindowShape[] = [
  ...windowShapes,
  ...oneToSeventeen.map((channels): WindowShape => {
    return { image: [3, 2], channels, outputs: 18 - channels, kernel: [1, 1] };
  }),
  ...oneToSeventeen.map((outputs): WindowShape => {
    return { image: [5, 6], channels: 18 - outputs, outputs, kernel: [3, 3], padding: [1, 1, 1, 1] };
  }),
  { image: [7, 5], channels: 31, outputs: 33, kernel: [1, 1] },
  { image: [5, 5], channels: 64, outputs: 40, kernel: [3, 3], padding: [1, 1, 1, 1] },
  ...[2, 3, 8].map((groups): WindowShape => {
    const [channels, outputs] = [groups * (groups === 8 ? 1 : 5), groups * 3];
    return { image: [6, 5], channels, outputs, kernel: [3, 3], padding: [1, 1, 1, 1], groups };
  }),
];

/** Depthwise convolutions; `outputs` is a multiple of `channels`. */
export const depthwiseShapes: readonly WindowShape[] = [
  ...windowShapes,
  ...oneToSeventeen.map((channels): WindowShape => {
    const outputs = channels * (1 + (channels % 3));
    return { image: [5, 4], channels, outputs, kernel: [3, 3], padding: [1, 1, 1, 1] };
  }),
  { image: [6, 6], channels: 33, kernel: [5, 3], strides: [2, 1], padding: [2, 2, 1, 1], batch: 3 },
];

/** Pools; padding stays smaller than the kernel. */
export const poolShapes: readonly WindowShape[] = [
  { image: [1, 1], channels: 8, kernel: [1, 1] },
  { image: [1, 1], channels: 5, kernel: [3, 3], padding: [1, 1, 1, 1] },
  { image: [2, 2], channels: 16, kernel: [5, 5], padding: [2, 2, 2, 2] },
  { image: [2, 3], channels: 9, kernel: [4, 6], padding: [3, 3, 5, 5] },
  { image: [7, 8], channels: 8, kernel: [1, 1], strides: [3, 2] },
  { image: [9, 9], channels: 3, kernel: [2, 2], strides: [3, 4] },
  { image: [6, 7], channels: 24, kernel: [3, 3], strides: [2, 2], padding: [1, 1, 1, 1], batch: 3 },
  { image: [6, 6], channels: 7, kernel: [3, 3], padding: [0, 2, 2, 0] },
  ...oneToSeventeen.map((channels): WindowShape => {
    return { image: [5, 4], channels, kernel: [2, 2], strides: [2, 2] };
  }),
];

/** `[batch, features, units]`. */
export const denseShapes: readonly (readonly [number, number, number])[] = [
  ...oneToSeventeen.map((size) => [1, size, 18 - size] as const),
  [1, 127, 8],
  [1, 128, 9],
  [1, 129, 16],
  [1, 1025, 33],
  [1, 4099, 5],
  [3, 65, 17],
  [4, 64, 40],
  [5, 31, 7],
];

/** `[rows, depth, columns]`. */
export const gemmShapes: readonly (readonly [number, number, number])[] = [
  ...oneToSeventeen.map((size) => [18 - size, size, 1 + ((size * 5) % 17)] as const),
  [1, 1, 1],
  [4, 64, 8],
  [5, 33, 17],
  [3, 129, 40],
  [13, 256, 9],
];
