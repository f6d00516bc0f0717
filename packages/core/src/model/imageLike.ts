import type { ActivationSpec, Issue } from '@bnfree/integer-kernels';

/** Pixels as a canvas gives them (`ImageData`): RGBA, row by row. */
export interface ImageLike {
  readonly data: Uint8Array | Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}

export function isImageLike(value: unknown): value is ImageLike {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return false;
  const { data, width, height } = value as Partial<ImageLike>;
  return ArrayBuffer.isView(data) && typeof width === 'number' && typeof height === 'number';
}

/** Pixels in the channels that a graph takes: RGBA, or RGB with alpha dropped. An image of another size is an issue. */
export function imagePixels(
  { data, width, height }: ImageLike,
  tensor: ActivationSpec,
  path: string,
  issues: Issue[],
): Uint8Array | Uint8ClampedArray | undefined {
  const [, rows, columns, channels] = tensor.shape;
  const isRgb = channels === 3 && tensor.shape.length === 4;
  const isFitting = rows === height && columns === width && data.length === 4 * width * height;
  if (tensor.type !== 'uint8' || !(isRgb || channels === 4) || !isFitting) {
    const message = `got RGBA ${width} x ${height} in ${data.length} bytes, the input is ${tensor.type} [${tensor.shape.join(', ')}]`;
    const fix = `draw the image into a canvas of ${columns} x ${rows} first, or pass a typed array`;
    issues.push({ code: 'INPUT_IMAGE', path, message, fix });
    return undefined;
  }
  return isRgb ? dropAlpha(data) : data;
}

function dropAlpha(rgba: Uint8Array | Uint8ClampedArray): Uint8Array {
  const rgb = new Uint8Array((rgba.length >> 2) * 3);
  for (let from = 0, to = 0; from < rgba.length; from += 4, to += 3) {
    rgb.set(rgba.subarray(from, from + 3), to);
  }
  return rgb;
}
