import { Builder, type Offset } from 'flatbuffers';

/** Numbers of TensorFlow Lite's schema: operator, its options table, and the first version with int8. */
export const tfliteOperators = {
  add: { code: 0, options: 11, version: 2 },
  averagePool2d: { code: 1, options: 5, version: 2 },
  concatenation: { code: 2, options: 10, version: 2 },
  conv2d: { code: 3, options: 1, version: 3 },
  depthwiseConv2d: { code: 4, options: 2, version: 3 },
  fullyConnected: { code: 9, options: 8, version: 4 },
  maxPool2d: { code: 17, options: 5, version: 2 },
  reshape: { code: 22, options: 17, version: 1 },
  mean: { code: 40, options: 27, version: 2 },
} as const;
export type TfliteOperator = keyof typeof tfliteOperators;

const tensorTypes = { int32: 2, int8: 9 } as const;

export interface TfliteTensor {
  readonly name: string;
  readonly type: keyof typeof tensorTypes;
  readonly shape: readonly number[];
  /** One scale, or one for each index of `axis`. */
  readonly scales?: ArrayLike<number>;
  readonly zeroPoint?: number;
  readonly axis?: number;
  /** Absent where the value is computed. */
  readonly data?: Int8Array | Int32Array;
}

/** One field of an options table: its position in the schema, its width, its value. */
export type OptionField = readonly [slot: number, type: 'int8' | 'int32', value: number];

/** Collects tensors and operators and encodes them as a TensorFlow Lite file. */
export interface TfliteModelBuilder {
  /** Returns the tensor's number. */
  tensor(tensor: TfliteTensor): number;
  operator(
    kind: TfliteOperator,
    inputs: readonly number[],
    output: number,
    options: readonly OptionField[],
  ): void;
  encode(inputs: readonly number[], outputs: readonly number[]): Uint8Array;
}

export function tfliteModelBuilder(): TfliteModelBuilder {
  const builder = new Builder(1 << 20);
  const kinds: TfliteOperator[] = [];
  const tensors: Offset[] = [];
  const operators: Offset[] = [];
  // The first buffer is the empty one, for values that are computed.
  const buffers: Offset[] = [table(builder, 1, () => undefined)];
  return {
    tensor({ name, type, shape, scales, zeroPoint = 0, axis = 0, data }) {
      if (data !== undefined) buffers.push(dataBuffer(builder, data));
      const buffer = data === undefined ? 0 : buffers.length - 1;
      const quantization =
        scales === undefined
          ? 0
          : quantizationTable(builder, Float32Array.from(scales), BigInt(zeroPoint), axis);
      const nameOffset = builder.createString(name);
      const shapeOffset = intVector(builder, shape);
      tensors.push(
        table(builder, 5, () => {
          builder.addFieldOffset(0, shapeOffset, 0);
          builder.addFieldInt8(1, tensorTypes[type], 0);
          builder.addFieldInt32(2, buffer, 0);
          builder.addFieldOffset(3, nameOffset, 0);
          builder.addFieldOffset(4, quantization, 0);
        }),
      );
      return tensors.length - 1;
    },
    operator(kind, inputs, output, options) {
      if (!kinds.includes(kind)) kinds.push(kind);
      const [inputOffset, outputOffset] = [intVector(builder, inputs), intVector(builder, [output])];
      const optionsOffset = table(builder, 8, () => {
        for (const [slot, type, value] of options) {
          if (type === 'int8') builder.addFieldInt8(slot, value, 0);
          else builder.addFieldInt32(slot, value, 0);
        }
      });
      operators.push(
        table(builder, 5, () => {
          builder.addFieldInt32(0, kinds.indexOf(kind), 0);
          builder.addFieldOffset(1, inputOffset, 0);
          builder.addFieldOffset(2, outputOffset, 0);
          builder.addFieldInt8(3, tfliteOperators[kind].options, 0);
          builder.addFieldOffset(4, optionsOffset, 0);
        }),
      );
    },
    encode(inputs, outputs) {
      const codes = offsetVector(
        builder,
        kinds.map((kind) => operatorCode(builder, kind)),
      );
      const subgraphFields = [
        offsetVector(builder, tensors),
        intVector(builder, inputs),
        intVector(builder, outputs),
        offsetVector(builder, operators),
      ];
      const subgraph = table(builder, 5, () => {
        subgraphFields.forEach((offset, slot) => {
          builder.addFieldOffset(slot, offset, 0);
        });
      });
      const [subgraphs, bufferVector] = [offsetVector(builder, [subgraph]), offsetVector(builder, buffers)];
      const model = table(builder, 5, () => {
        builder.addFieldInt32(0, schemaVersion, 0);
        builder.addFieldOffset(1, codes, 0);
        builder.addFieldOffset(2, subgraphs, 0);
        builder.addFieldOffset(4, bufferVector, 0);
      });
      builder.finish(model, 'TFL3');
      return builder.asUint8Array();
    },
  };
}

const schemaVersion = 3;

function table(builder: Builder, fields: number, fill: () => void): Offset {
  builder.startObject(fields);
  fill();
  return builder.endObject();
}

function operatorCode(builder: Builder, kind: TfliteOperator): Offset {
  const { code, version } = tfliteOperators[kind];
  return table(builder, 4, () => {
    // Twice: readers of old files look at the first field.
    builder.addFieldInt8(0, code, 0);
    builder.addFieldInt32(2, version, 1);
    builder.addFieldInt32(3, code, 0);
  });
}

/** Constants stand at multiples of 16. */
function dataBuffer(builder: Builder, { buffer, byteOffset, byteLength }: Int8Array | Int32Array): Offset {
  builder.prep(16, byteLength);
  const data = builder.createByteVector(new Uint8Array(buffer, byteOffset, byteLength));
  return table(builder, 1, () => {
    builder.addFieldOffset(0, data, 0);
  });
}

function quantizationTable(builder: Builder, scales: Float32Array, zeroPoint: bigint, axis: number): Offset {
  builder.startVector(4, scales.length, 4);
  for (const scale of [...scales].reverse()) builder.addFloat32(scale);
  const scaleVector = builder.endVector();
  builder.startVector(8, scales.length, 8);
  for (let i = 0; i < scales.length; i += 1) builder.addInt64(zeroPoint);
  const zeroPoints = builder.endVector();
  return table(builder, 7, () => {
    builder.addFieldOffset(2, scaleVector, 0);
    builder.addFieldOffset(3, zeroPoints, 0);
    builder.addFieldInt32(6, axis, 0);
  });
}

function intVector(builder: Builder, values: readonly number[]): Offset {
  builder.startVector(4, values.length, 4);
  for (const value of [...values].reverse()) builder.addInt32(value);
  return builder.endVector();
}

function offsetVector(builder: Builder, offsets: readonly Offset[]): Offset {
  builder.startVector(4, offsets.length, 4);
  for (const offset of [...offsets].reverse()) builder.addOffset(offset);
  return builder.endVector();
}
