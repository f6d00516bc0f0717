/** Where the bytes of an image stand. */
export interface ImageEntry {
  /** Path below the folder, or `shard.tar:path`; what messages call it. */
  readonly name: string;
  /** The file, or the shard that holds it. */
  readonly file: string;
  /** First byte in a shard; 0 in a file of its own. */
  readonly start: number;
  /** Bytes in a shard; null for all of a file. */
  readonly length: number | null;
}

/** An image or a shard that cannot be used, and why. */
export interface DamagedImage {
  readonly name: string;
  readonly reason: string;
}

/** An index of labelled images on disk; pixels are read later. */
export interface ImageSet {
  readonly count: number;
  /** Names of the classes; a label is an index of this list. Empty without labels. */
  readonly classes: readonly string[];
  /** One class index an image; null without labels. */
  readonly labels: Int32Array | null;
  readonly entries: readonly ImageEntry[];
  /** What was left out because it could not be read: ends of broken shards, samples with two images. */
  readonly damaged: readonly DamagedImage[];
}

/** Labels of a set of images. */
export interface LabelOptions {
  /**
   * A text file with a line `name label` an image, or false for none. Where it is left out, a label is the `.cls` file beside the
   * image in a shard or, without one, the name of the image's folder.
   */
  readonly labels?: string | false;
  /** Class names in the order of the indices; those that occur, sorted, by default. */
  readonly classes?: readonly string[];
}

/** Files that are images. */
export const imageFile = /\.(?:jpe?g|png)$/i;
