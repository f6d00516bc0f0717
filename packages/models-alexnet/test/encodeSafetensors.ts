import type { FloatTensor } from '../src/weights/namedWeights.js';

/** A safetensors file of float32 tensors by name, as PyTorch saves it; `more` are further entries of its header. */
export function encodeSafetensors(
  tensors: Readonly<Record<string, FloatTensor>>,
  more: object = {},
): Uint8Array {
  let end = 0;
  const header: Record<string, unknown> = { ...more, __metadata__: { format: 'pt' } };
  for (const [name, { shape, values }] of Object.entries(tensors)) {
    header[name] = { dtype: 'F32', shape, data_offsets: [end, (end += values.byteLength)] };
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const parts = Object.values(tensors).map(({ values }) => Buffer.from(values.buffer));
  const length = Buffer.alloc(8);
  length.writeUInt32LE(text.length);
  return Buffer.concat([length, text, ...parts]);
}
