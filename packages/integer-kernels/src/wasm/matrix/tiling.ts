import type { TensorLayout } from '../../backend.js';
import { geometryOf, hasNoHalo, type Geometry } from '../geometry.js';
import { OVERREAD_BYTES } from '../wasmKernel.js';
import { blockScratch, blockTiles, type BlockShape } from './blockShape.js';
import { bitPixelBytes } from './copyBits.js';
import { productOf, type ProductCode } from './product.js';
import { tileLists, type Walk } from './tileLists.js';
import {
  copyPlace,
  inputPlace,
  isPointwise,
  runsOf,
  windowsOf,
  type Sliding,
  type WindowRuns,
  type Windows,
} from './windows.js';

/** How the output of a matrix product is cut into blocks and tiles. */
export interface Tiling {
  readonly block: BlockShape;
  readonly blocks: number;
  readonly runs: WindowRuns;
  /** Bytes from the window of a pixel to that of the next. */
  readonly windowBytes: number;
  /** Bytes from the input channels of a group to those of the next. */
  readonly groupBytes: number;
  /** The same in every layout. */
  readonly threadScratchBytes: number;
}

/** Cuts the output of an op in its memory layout. `zeroPoint` is subtracted from values, padding too, where they are widened. */
export function planTiling(
  sliding: Sliding,
  inputLayout: TensorLayout,
  outputLayout: TensorLayout,
  product: ProductCode,
  zeroPoint: number,
): Tiling {
  const output = geometryOf(sliding.output, outputLayout);
  const windows = windowsOf(sliding, geometryOf(sliding.input, inputLayout), output);
  const { valueBytes, tilePixels } = productOf(product);
  const isInPlace = valueBytes === 1 && isReadable(windows, inputLayout, product);
  const { channels } = windows;
  const { zeroBit } = product;
  const copied = copyPlace(windows, zeroBit === undefined ? channels * valueBytes : bitPixelBytes(channels));
  const place = isInPlace ? inputPlace(windows) : copied;
  const walk: Walk = isOneRow(windows, output) ? 'pixels' : 'rows';
  const tilesOf = (any: Walk) => blockTiles(windows, any, tilePixels, copied);
  const tiles = tilesOf(walk);
  const copy = {
    type: sliding.input.type === 'uint8' ? ('uint8' as const) : ('int8' as const),
    valueBytes,
    ...(zeroBit !== undefined && { zeroBit }),
    zeroPoint,
    mayOverread: inputLayout.tailBytes >= OVERREAD_BYTES,
    paddingValue: sliding.padding.value - (valueBytes === 2 ? zeroPoint : 0),
  };
  // Whether pixels form one row depends on the layout; the scratch may not.
  const walks: Walk[] = isPointwise(windows) ? ['rows', 'pixels'] : ['rows'];
  const scratchOf = (any: Walk) => blockScratch(windows, tilesOf(any), copied);
  const block: BlockShape = {
    windows,
    output,
    tiles,
    lists: tileLists(tiles),
    place,
    ...(isInPlace ? {} : { copy }),
    sumsOffset: scratchOf(walk).sumsOffset,
    rowsOffset: scratchOf(walk).rowsOffset,
  };
  return {
    block,
    blocks: Math.ceil(tiles.total / tiles.size),
    runs: runsOf(windows, place, valueBytes),
    windowBytes: windows.strides[1] * place.pixelBytes,
    groupBytes: (channels / windows.groups) * valueBytes,
    threadScratchBytes: Math.max(...walks.map((any) => scratchOf(any).byteLength)),
  };
}

/** Whether windows find all that they read in the memory of the input. */
function isReadable(windows: Windows, { halo, tailBytes }: TensorLayout, product: ProductCode): boolean {
  const sides = ['top', 'bottom', 'left', 'right'] as const;
  const { length } = runsOf(windows, inputPlace(windows), 1);
  const isWhole = length % productOf(product).depth === 0;
  return sides.every((side) => halo[side] >= windows.reach[side]) && (isWhole || tailBytes >= OVERREAD_BYTES);
}

/** Whether window follows window, and output pixel output pixel, without a gap. */
function isOneRow(windows: Windows, output: Geometry): boolean {
  const { image, batch, rows, columns } = windows;
  return (
    isPointwise(windows) &&
    (rows === 1 || image.rowBytes === columns * image.pixelBytes) &&
    (batch === 1 || image.imageBytes === rows * columns * image.pixelBytes) &&
    hasNoHalo(output)
  );
}
