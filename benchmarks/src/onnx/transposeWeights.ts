/** `[rows, columns]` to `[columns, rows]`. */
export function transposeWeights<Values extends Float32Array | Int8Array>(
  values: Values,
  rows: number,
): Values {
  const columns = values.length / rows;
  const turned = values.slice() as Values;
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1)
      turned[column * rows + row] = values[row * columns + column];
  }
  return turned;
}

/** `[outer, spatial, channels]` to `[outer, channels, spatial]`: the order of channels-first formats. */
export function channelsFirst<Values extends Float32Array | Int8Array | Uint8Array>(
  values: Values,
  spatial: number,
  channels: number,
): Values {
  const turned = values.slice() as Values;
  const size = spatial * channels;
  for (let start = 0; start < values.length; start += size) {
    for (let position = 0; position < spatial; position += 1) {
      for (let channel = 0; channel < channels; channel += 1) {
        turned[start + channel * spatial + position] = values[start + position * channels + channel];
      }
    }
  }
  return turned;
}
