/**
 * What the integer model takes: stored pixels, without any arithmetic on them.
 * A pixel `p` of 0..255 stands for `(p - zeroPoint) * multiplier / 2^shift`, so black-to-white is -1 .. 127/128
 * and zero padding is pixel 128.
 */
export const cifar10Input = {
  /** `[height, width, channels]`; red, green, blue interleaved. */
  shape: [32, 32, 3],
  type: 'uint8',
  zeroPoint: 128,
  /** 1/128. */
  scale: { multiplier: 1, shift: 7 },
} as const;

/** Bytes of one image: 32 * 32 * 3. */
export const cifar10ImageBytes = 3072;
