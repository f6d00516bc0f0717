import type { LiteRt } from '@litertjs/core';
import { int8Offset, tfliteInt8, type TfliteModel } from '../tflite/tfliteInt8.js';
import { outputSpec, type Peer, type PreparedWork } from './peer.js';

type Wasm = LiteRt['liteRtWasm'];
type TensorBuffer = ReturnType<Wasm['LiteRtTensorBuffer']['createManaged']>;

/**
 * LiteRT.js (XNNPACK) on int8, by the functions beneath its `Tensor` class, which knows no int8 arrays.
 *
 * Networks are timed from an array to an array; single ops with operands and result in the engine's memory.
 */
export function liteRtPeer(runtime: LiteRt, threads: number): Peer {
  const wasm = runtime.liteRtWasm;
  const environment = runtime.getDefaultEnvironment().liteRtEnvironment;
  return {
    name: 'LiteRT.js i8',
    async prepare(work) {
      const file = tfliteInt8(work.graph, work.batch);
      const address = wasm._malloc(file.bytes.byteLength);
      wasm.HEAPU8.set(file.bytes, address);
      const model = wasm.loadModel(environment, address, file.bytes.byteLength);
      const options = { accelerator: 'wasm', cpuOptions: { numThreads: threads } } as const;
      const compiled = await wasm.compileModel(environment, model, options);
      const operands = work.inputs.map((_, index) => operandValues(work, file, index));
      const buffers = operands.map((values, index) => {
        const type = model.getInputTensorType(0, index);
        const { LiteRtTensorBuffer, LiteRtTensorBufferType } = wasm;
        const kind = LiteRtTensorBufferType.HOST_MEMORY;
        return LiteRtTensorBuffer.createManaged(environment, kind, type, values.byteLength);
      });
      const upload = (): void => {
        buffers.forEach((buffer, index) => {
          writeBuffer(wasm, buffer, operands[index]);
        });
      };
      upload();
      const offset = int8Offset(outputSpec(work));
      let result = new Int8Array();
      const call = async (isCopied: boolean): Promise<void> => {
        if (isCopied) upload();
        const [output] = await compiled.run(0, buffers);
        if (isCopied) result = readBuffer(wasm, output);
        output.delete();
      };
      return {
        name: 'LiteRT.js i8',
        isComparable: !file.isShifted,
        run: () => call(work.scope === 'model'),
        async read() {
          await call(true);
          return Int32Array.from(result, (value) => value - offset);
        },
        dispose() {
          for (const part of [...buffers, compiled, model]) part.delete();
          wasm._free(address);
          return Promise.resolve();
        },
      };
    },
  };
}

function writeBuffer(wasm: Wasm, buffer: TensorBuffer, values: Int8Array): void {
  const address = buffer.lock(wasm.LiteRtTensorBufferLockMode.WRITE);
  wasm.HEAPU8.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), address);
  buffer.unlock();
}

function readBuffer(wasm: Wasm, buffer: TensorBuffer): Int8Array<ArrayBuffer> {
  const address = buffer.lock(wasm.LiteRtTensorBufferLockMode.READ);
  const values = Int8Array.from(wasm.HEAPU8.subarray(address, address + buffer.packedSize()));
  buffer.unlock();
  return values;
}

/** An operand in TensorFlow Lite's values, the first with the border that the model wants. */
function operandValues(
  { graph, batch, inputs }: PreparedWork,
  { before }: TfliteModel,
  index: number,
): Int8Array {
  const { tensor } = graph.inputs[index];
  const offset = int8Offset(tensor);
  if (index > 0 || before.top + before.left === 0)
    return Int8Array.from(inputs[index], (value) => value + offset);
  const [, height, width, channels] = tensor.shape;
  const rows = height + before.top + before.bottom;
  const columns = width + before.left + before.right;
  const values = new Int8Array(batch * rows * columns * channels).fill(tensor.zeroPoint + offset);
  const rowLength = width * channels;
  for (let line = 0; line < batch * height; line += 1) {
    const row = Math.floor(line / height) * rows + (line % height) + before.top;
    const start = (row * columns + before.left) * channels;
    for (let i = 0; i < rowLength; i += 1) values[start + i] = inputs[0][line * rowLength + i] + offset;
  }
  return values;
}
