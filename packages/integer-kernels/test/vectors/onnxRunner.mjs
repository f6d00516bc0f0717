// Runs ONNX models in onnxruntime: a JSON list of models on standard input, their outputs on standard output.
// A program of its own, because onnxruntime's native binding does not recognise typed arrays of jest's realm.
import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { InferenceSession, Tensor } from 'onnxruntime-node';

const arrays = { int8: Int8Array, uint8: Uint8Array };
const outputs = [];
for (const { model, feeds } of JSON.parse(readFileSync(0, 'utf8'))) {
  const session = await InferenceSession.create(Buffer.from(model, 'base64'), { intraOpNumThreads: 1 });
  const tensors = Object.entries(feeds).map(([name, { type, shape, values }]) => [
    name,
    new Tensor(type, arrays[type].from(values), shape),
  ]);
  const results = await session.run(Object.fromEntries(tensors));
  const { type, dims, data } = results[session.outputNames[0]];
  outputs.push({ type, shape: dims, values: Array.from(data) });
  await session.release();
}
process.stdout.write(JSON.stringify(outputs));
