import {
  tensorStrides,
  typescriptBackend,
  type ActivationSpec,
  type KernelBackend,
  type LayoutRequest,
  type Op,
  type OperandLayouts,
  type OperandView,
  type OperandViews,
} from '@bnfree/integer-kernels';

const noHalo = { top: 0, bottom: 0, left: 0, right: 0 };

/** What vector kernels may ask for: halos as wide as the padding, padded channels, readable tails. */
function requests(op: Op): Omit<OperandLayouts, 'constantBytes' | 'scratchBytes'> {
  const input = (position: number): LayoutRequest => {
    const rest = { channelMultiple: [4, 8, 1][position % 3], halo: noHalo, haloValue: null, tailBytes: 16 };
    if (op.op === 'reshape') return { ...rest, channelMultiple: 1 };
    if (op.op === 'averagePool2d') return { ...rest, halo: op.padding, haloValue: null };
    if (op.op === 'maxPool2d') return { ...rest, halo: op.padding, haloValue: op.inputs[0].quantMin };
    if (op.op !== 'conv2d' && op.op !== 'depthwiseConv2d') return rest;
    const { value, ...halo } = op.padding;
    return { ...rest, halo, haloValue: value };
  };
  const isWide = op.op !== 'reshape';
  return {
    inputs: op.inputs.map((_, position) => input(position)),
    output: { channelMultiple: isWide ? 8 : 1, halo: noHalo, haloValue: null, tailBytes: 0 },
  };
}

/**
 * The reference kernels behind the demands of a vector backend, which check what they are given.
 *
 * Before each run: every requested halo stands there with its value. After each run: channels beyond the logical ones hold garbage.
 */
export function demandingBackend(): KernelBackend {
  const reference = typescriptBackend();
  return {
    ...reference,
    name: 'demanding',
    layout: (op) => ({ ...requests(op), constantBytes: 20, scratchBytes: 40 }),
    async prepare(op, views) {
      const call = await reference.prepare(op, views);
      const wanted = requests(op);
      op.inputs.forEach((tensor, index) => {
        assertLayout(tensor, views.inputs[index], wanted.inputs[index], views);
      });
      assertLayout(op.output, views.output, wanted.output, views);
      const runSync = () => {
        op.inputs.forEach((tensor, index) => {
          assertHalo(tensor, views.inputs[index], wanted.inputs[index], views);
        });
        call.runSync?.();
        dirtyPaddingChannels(op.output, views);
        views.arena.bytes.fill(0xa5, views.scratchOffset, views.scratchOffset + 40);
      };
      return { kernel: `demanding ${op.op}`, runSync, run: () => Promise.resolve().then(runSync) };
    },
  };
}

function assertLayout(
  tensor: ActivationSpec,
  { byteOffset, layout }: OperandView,
  wanted: LayoutRequest,
  { arena, constantsOffset, scratchOffset }: OperandViews,
): void {
  const sides = ['top', 'bottom', 'left', 'right'] as const;
  const hasHalo = tensor.shape.length !== 4 || sides.every((side) => layout.halo[side] >= wanted.halo[side]);
  const isWide = layout.channelStride % wanted.channelMultiple === 0;
  const offsets = [byteOffset, constantsOffset, scratchOffset];
  const isInside = offsets.every((offset) => offset % 16 === 0 && offset + 16 <= arena.byteLength + 16);
  if (!hasHalo || !isWide || !isInside || layout.tailBytes < wanted.tailBytes) {
    throw new Error(`got ${JSON.stringify(layout)}, wanted ${JSON.stringify(wanted)}`);
  }
}

/** Visits every stored pixel of images: is it halo, and where does it start. */
function forEachPixel(
  tensor: ActivationSpec,
  { layout }: OperandView,
  visit: (start: number, isHalo: boolean, y: number, x: number) => void,
): void {
  const [images, height, width] = tensor.shape;
  const { origin, strides } = tensorStrides(tensor, layout);
  const { top, bottom, left, right } = layout.halo;
  for (let image = 0; image < images; image++) {
    for (let y = -top; y < height + bottom; y++) {
      for (let x = -left; x < width + right; x++) {
        const isHalo = y < 0 || x < 0 || y >= height || x >= width;
        visit(origin + image * strides[0] + y * strides[1] + x * strides[2], isHalo, y, x);
      }
    }
  }
}

function assertHalo(
  tensor: ActivationSpec,
  view: OperandView,
  { halo, haloValue }: LayoutRequest,
  { arena }: OperandViews,
): void {
  if (haloValue === null || tensor.shape.length !== 4 || tensor.type === 'int32') return;
  const bytes = arena.bytes.subarray(view.byteOffset);
  const wantedByte = haloValue & 255;
  const [, height, width, channels] = tensor.shape;
  forEachPixel(tensor, view, (start, isHalo, y, x) => {
    const isWanted = y >= -halo.top && y < height + halo.bottom && x >= -halo.left && x < width + halo.right;
    if (!isHalo || !isWanted) return;
    for (let channel = 0; channel < channels; channel++) {
      if (bytes[start + channel] !== wantedByte) {
        throw new Error(`halo at ${y}, ${x} holds ${bytes[start + channel]}, wanted ${wantedByte}`);
      }
    }
  });
}

function dirtyPaddingChannels(tensor: ActivationSpec, { arena, output }: OperandViews): void {
  if (tensor.shape.length !== 4 || tensor.type === 'int32') return;
  const padding = output.layout.channelStride - tensor.shape[3];
  forEachPixel(tensor, output, (start, isHalo) => {
    if (isHalo) return;
    const first = output.byteOffset + start + tensor.shape[3];
    arena.bytes.fill(0x5a, first, first + padding);
  });
}
