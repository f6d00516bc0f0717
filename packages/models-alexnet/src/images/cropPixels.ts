/** Where a crop lies in its image, and whether it is mirrored; null is the middle. */
export interface CropDraw {
  /** Share of the rows that can be left out above, in parts of 2^30. */
  readonly down: number;
  /** Share of the columns that can be left out on the left, in parts of 2^30. */
  readonly right: number;
  readonly isFlipped: boolean;
}

/** Decoded pixels, rows one after another. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** 3, or 4 with an alpha that is left out. */
  readonly channels: number;
  readonly pixels: Uint8Array;
}

/** Parts of a share. */
export const drawParts = 2 ** 30;

/** Cuts a square of `size` out of a picture that is at least as large, as RGB. */
export function cropPixels(picture: Picture, size: number, draw: CropDraw | null): Uint8Array {
  const { width, height, channels, pixels } = picture;
  const top = place(height - size, draw?.down);
  const left = place(width - size, draw?.right);
  const isFlipped = draw?.isFlipped ?? false;
  const out = new Uint8Array(size * size * 3);
  for (let y = 0; y < size; y += 1) {
    const row = ((top + y) * width + left) * channels;
    for (let x = 0; x < size; x += 1) {
      const from = row + (isFlipped ? size - 1 - x : x) * channels;
      const to = (y * size + x) * 3;
      out[to] = pixels[from];
      out[to + 1] = pixels[from + 1];
      out[to + 2] = pixels[from + 2];
    }
  }
  return out;
}

/** First of `room + 1` places, all equally likely; the middle, rounded down, without a share. */
function place(room: number, share: number | undefined): number {
  return share === undefined ? room >> 1 : Math.floor((share * (room + 1)) / drawParts);
}
