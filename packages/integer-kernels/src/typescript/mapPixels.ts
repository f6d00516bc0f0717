import { type TensorView, pixelStarts } from '../memory/tensorView.js';

/** Makes an output value from an input value of the same pixel and channel. */
export type MapValue = (value: number, channel: number) => number;

/** Prepares a walk over all values of `shape` in two layouts. */
export function mapPixels(
  shape: readonly number[],
  input: TensorView,
  output: TensorView,
  map: MapValue,
): () => void {
  const channels = shape[shape.length - 1];
  const sources = pixelStarts(shape, input);
  const targets = pixelStarts(shape, output);
  return () => {
    for (let pixel = 0; pixel < targets.length; pixel += 1) {
      const source = sources[pixel];
      const target = targets[pixel];
      for (let channel = 0; channel < channels; channel += 1) {
        output.data[target + channel] = map(input.data[source + channel], channel);
      }
    }
  };
}
