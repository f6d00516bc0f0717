import type { LayoutRequest, OpName, OpenOperands, Ops, TensorLayout } from '@bnfree/integer-kernels';

/** How this backend runs one op on an image with a halo. */
export interface HaloKernel<Name extends OpName> {
  /** Whether it runs the op at all. */
  supports(op: Ops[Name]): boolean;
  /** What the image must be surrounded with. */
  request(op: Ops[Name]): LayoutRequest;
  /** Int32 constants that `prepare` writes. */
  constantCount(op: Ops[Name]): number;
  /** Does everything slow; what it returns allocates nothing. */
  prepare(op: Ops[Name], operands: OpenOperands, constants: Int32Array): () => void;
}

/** Whether a layout holds all that was asked for. */
export function grants({ channelStride, halo }: TensorLayout, wanted: LayoutRequest): boolean {
  const sides = ['top', 'bottom', 'left', 'right'] as const;
  return (
    channelStride % wanted.channelMultiple === 0 && sides.every((side) => halo[side] >= wanted.halo[side])
  );
}

/** Positions of all taps of a window, relative to its first one, in elements. */
export function tapOffsets(
  [kernelHeight, kernelWidth]: readonly number[],
  [verticalStep, horizontalStep]: readonly [number, number],
): Int32Array {
  const offsets = new Int32Array(kernelHeight * kernelWidth);
  for (let ky = 0, tap = 0; ky < kernelHeight; ky += 1) {
    for (let kx = 0; kx < kernelWidth; kx += 1, tap += 1) {
      offsets[tap] = ky * verticalStep + kx * horizontalStep;
    }
  }
  return offsets;
}

/** Visits every output pixel: where its window begins in the input, and where its channels go. */
export function forEachPixel(
  { op, operands }: { readonly op: WindowedOp; readonly operands: OpenOperands },
  visit: (window: number, target: number) => void,
): void {
  const { strides, padding, output } = op;
  const [batch, height, width] = output.shape;
  const [source] = operands.inputs;
  const target = operands.output;
  for (let n = 0; n < batch; n += 1) {
    for (let y = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1) {
        const [top, left] = [y * strides[0] - padding.top, x * strides[1] - padding.left];
        visit(
          source.origin + n * source.strides[0] + top * source.strides[1] + left * source.strides[2],
          target.origin + n * target.strides[0] + y * target.strides[1] + x * target.strides[2],
        );
      }
    }
  }
}

type WindowedOp = Pick<Ops['conv2d'] | Ops['maxPool2d'], 'strides' | 'padding' | 'output'>;
