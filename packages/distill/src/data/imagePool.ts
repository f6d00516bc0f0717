/** Training images held as stored pixels. */
export interface ImagePool {
  readonly count: number;
  /** `[height, width, channels]` or `[features]`. */
  readonly shape: readonly number[];
  /** `count * product(shape)` bytes. */
  readonly images: Uint8Array;
  /** Class indices, or null when the data has no labels. */
  readonly labels: Int32Array | null;
  /** SHA-256 of images and labels; identifies the data in checkpoints. */
  readonly digest: string;
}

/** Images of one training step. */
export interface ImageBatch {
  readonly count: number;
  readonly images: Uint8Array;
  readonly labels: Int32Array | null;
}
