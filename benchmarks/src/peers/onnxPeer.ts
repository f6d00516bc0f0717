import type { InferenceSession, Tensor, TypedTensor } from 'onnxruntime-web';
import { batchedShape } from '../networks/batchedShape.js';
import { activationScales } from '../networks/activationScales.js';
import { channelsFirstShape, onnxFloat } from '../onnx/onnxFloat.js';
import { onnxUint8, uint8Offset } from '../onnx/onnxUint8.js';
import { channelsFirst } from '../onnx/transposeWeights.js';
import type { PeerName } from '../work/workItem.js';
import { floatInput, outputSpec, storedValues, type Peer, type PreparedWork } from './peer.js';

/** The part of onnxruntime-web and onnxruntime-node that is used here. */
export interface OnnxRuntime {
  readonly InferenceSession: {
    create(model: Uint8Array, options?: InferenceSession.SessionOptions): Promise<InferenceSession>;
  };
  readonly Tensor: new (
    type: 'float32' | 'uint8',
    data: Float32Array | Uint8Array,
    shape: readonly number[],
  ) => Tensor;
}

/** onnxruntime with a graph in one of two number formats. Its calls copy operands in and results out; there is no other way. */
export function onnxPeer(
  name: PeerName,
  runtime: OnnxRuntime,
  format: 'f32' | 'u8',
  options: InferenceSession.SessionOptions,
): Peer {
  return {
    name,
    async prepare(work) {
      const model = format === 'f32' ? onnxFloat(work.graph, work.batch) : onnxUint8(work.graph, work.batch);
      const session = await runtime.InferenceSession.create(model, {
        ...options,
        graphOptimizationLevel: 'all',
      });
      const feeds: Record<string, Tensor> = Object.fromEntries(
        work.graph.inputs.map(({ name: input }, index) => [input, operand(runtime, format, work, index)]),
      );
      let result: Tensor | undefined;
      return {
        name,
        isComparable: true,
        async run() {
          const outputs = await session.run(feeds);
          result = outputs[session.outputNames[0]];
        },
        read() {
          const { data } = result as TypedTensor<'float32' | 'uint8' | 'int32'>;
          return Promise.resolve(
            format === 'f32' ? fromFloat(work, data as Float32Array) : fromUint8(work, data),
          );
        },
        dispose: () => session.release(),
      };
    },
  };
}

function operand(runtime: OnnxRuntime, format: 'f32' | 'u8', work: PreparedWork, index: number): Tensor {
  const { tensor } = work.graph.inputs[index];
  if (format === 'u8') {
    const offset = uint8Offset(tensor);
    const values = Uint8Array.from(work.inputs[index], (value) => value + offset);
    return new runtime.Tensor('uint8', values, batchedShape(tensor.shape, work.batch));
  }
  const values = floatInput(work, index);
  const [, height, width, channels] = tensor.shape;
  const turned = tensor.shape.length === 4 ? channelsFirst(values, height * width, channels) : values;
  return new runtime.Tensor('float32', turned, channelsFirstShape(tensor.shape, work.batch));
}

function fromFloat(work: PreparedWork, data: Float32Array): Float32Array {
  const { shape, zeroPoint } = outputSpec(work);
  const [, height, width, channels] = shape;
  const scale = activationScales(work.graph).get(work.graph.outputs[0].value) ?? 1;
  // Back to channels last: the same turn with the two sizes exchanged.
  const turned = shape.length === 4 ? channelsFirst(data, channels, height * width) : data;
  return storedValues(turned, scale, zeroPoint);
}

function fromUint8(work: PreparedWork, data: ArrayLike<number>): Int32Array {
  const spec = outputSpec(work);
  const offset = spec.type === 'int32' ? 0 : uint8Offset(spec);
  return Int32Array.from(data, (value) => value - offset);
}
