import type { ConvolutionGeometry } from './convolutionGeometry.js';

/** Where the first channel lies: in the input, among the filter's positions (not times channels), in the output. */
export type VisitTap = (input: number, filterPosition: number, output: number) => void;

/** Visits each pair of an output position and an input position that the filter connects; not the padding. */
export function forEachTap(geometry: ConvolutionGeometry, visit: VisitTap): void {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels } = geometry;
  const { filterHeight, filterWidth, strideHeight, strideWidth, padInfo } = geometry;
  let output = 0;
  for (let image = 0; image < batchSize; image++) {
    for (let outRow = 0; outRow < outHeight; outRow++) {
      const top = outRow * strideHeight - padInfo.top;
      const firstRow = Math.max(0, -top);
      const endRow = Math.min(filterHeight, inHeight - top);
      for (let outColumn = 0; outColumn < outWidth; outColumn++) {
        const left = outColumn * strideWidth - padInfo.left;
        const firstColumn = Math.max(0, -left);
        const endColumn = Math.min(filterWidth, inWidth - left);
        for (let row = firstRow; row < endRow; row++) {
          const inputRow = (image * inHeight + top + row) * inWidth + left;
          for (let column = firstColumn; column < endColumn; column++) {
            visit((inputRow + column) * inChannels, row * filterWidth + column, output);
          }
        }
        output += outChannels;
      }
    }
  }
}
