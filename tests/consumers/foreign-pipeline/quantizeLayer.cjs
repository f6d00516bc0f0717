// A quantizer of somebody else: symmetric 4-bit weights, one scale; it knows nothing of @bnfree.
const weights = [
  [0.5, -0.25, 0.125, -1],
  [0.75, 0.0625, -0.5, 0.25],
  [-0.375, 1, 0.875, -0.125],
];
const input = [17, -128, 127, 3, -64, 90, 0, -1];

exports.quantizeLayer = () => {
  const scale = Math.max(...weights.flat().map(Math.abs)) / 7;
  return { weights: weights.map((row) => row.map((weight) => Math.round(weight / scale))), input };
};

/** What the layer must give: shift by 3, halves towards plus infinity, ReLU. */
exports.expectedOutput = ({ weights: rows, input: values }) =>
  [values.slice(0, 4), values.slice(4)].flatMap((image) =>
    rows.map((row) => {
      const accumulator = row.reduce((sum, weight, index) => sum + weight * image[index], 0);
      return Math.min(127, Math.max(0, (accumulator + 4) >> 3));
    }),
  );
