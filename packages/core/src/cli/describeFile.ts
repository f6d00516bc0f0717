import type { NarrowAccumulator } from '@bnfree/integer-kernels';
import { IntegerModel } from '../model/integerModel.js';
import type { FileCommand } from './commandResult.js';
import { formatCount, formatTable } from './formatTable.js';

/** Lists what a file contains and what it takes to run it. */
export const describeFile: FileCommand = async (file) => {
  const model = await IntegerModel.load(file);
  const description = model.describe();
  await model.dispose();
  const { backend, classes, inputs, layers, memory, metadata, name, outputs } = description;
  const table = formatTable(
    [
      { title: 'layer' },
      { title: 'what it does' },
      { title: 'output' },
      { title: 'bits', isNumber: true },
      { title: 'MACs', isNumber: true },
      { title: 'headroom', isNumber: true },
      { title: '16 bits', isNumber: true },
      { title: 'bytes', isNumber: true },
      { title: 'kernel' },
    ],
    layers.map((layer) => [
      layer.name,
      layer.description,
      layer.shape.join('x'),
      layer.bits?.toString() ?? '',
      layer.macs === 0 ? '' : formatCount(layer.macs),
      layer.headroomBits.toString(),
      formatNarrow(layer.narrowAccumulator),
      formatCount(layer.bytes),
      layer.kernel,
    ]),
  );
  const text = [
    name,
    ...inputs.map((input) => `input ${input.name}: ${input.tensor.type} [${input.tensor.shape.join(', ')}]`),
    ...outputs.map((output) => `output ${output.name}: ${output.value}`),
    ...(classes.length > 0
      ? [`classes: ${classes.slice(0, 12).join(', ')}${classes.length > 12 ? ', ...' : ''}`]
      : []),
    ...Object.entries(metadata).map(([key, value]) => `${key}: ${value}`),
    '',
    table,
    '',
    `backend ${backend.name}, ${formatCount(layers.reduce((all, { macs }) => all + macs, 0))} MACs an image`,
    `memory ${formatCount(memory.steadyBytes)} bytes (${formatCount(memory.peakBytes)} while loading): ` +
      `constants ${formatCount(memory.constantBytes)}, activations ${formatCount(memory.activationBytes)} ` +
      `(${formatCount(memory.activationBytesWithoutReuse)} without reuse), scratch ${formatCount(memory.scratchBytes)}`,
  ].join('\n');
  return { data: description, text, isOk: true };
};

/** Whether sums fit 16 bits, else how many times too large they are. */
function formatNarrow(narrow: NarrowAccumulator | null): string {
  if (narrow === null) return '';
  return narrow.fits ? 'fits' : `${narrow.ratio.toFixed(1)}x`;
}
