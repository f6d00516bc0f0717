import * as fc from 'fast-check';
import type { OnnxTensor } from './onnxTensor.js';
import type { OnnxModel } from './runOnnxModels.js';

type ByteType = 'int8' | 'uint8';

const byteType = fc.constantFrom<ByteType>('int8', 'uint8');

/**
 * Values of one tensor: over the whole range, with extremes often (they show saturation and sign errors), or few small
 * ones, whose sums lie near enough to the output scale to be halves often (they show the rounding).
 */
function byte(type: ByteType): readonly fc.Arbitrary<number>[] {
  const [min, max] = type === 'int8' ? [-128, 127] : [0, 255];
  const wide = fc.oneof(fc.integer({ min, max }), fc.constantFrom(min, max));
  return [wide, fc.integer({ min: Math.max(min, -2), max: 2 })];
}

function tensor(type: ByteType, shape: readonly number[]): fc.Arbitrary<OnnxTensor> {
  const length = shape.reduce((product, size) => product * size, 1);
  const values = byte(type).map((value) =>
    fc.array(value, { minLength: length, maxLength: length, size: 'max' }),
  );
  return fc.oneof(...values).map((drawn) => ({ type, shape, values: drawn }));
}

const scalar = (type: ByteType): fc.Arbitrary<OnnxTensor> => tensor(type, []);

/** Power-of-two scales, so that onnxruntime's float arithmetic is exact. */
function powerOfTwo(shape: readonly number[], min: number, max: number): fc.Arbitrary<OnnxTensor> {
  const length = shape.reduce((product, size) => product * size, 1);
  return fc
    .array(fc.integer({ min, max }), { minLength: length, maxLength: length })
    .map((exponents) => ({ type: 'float32', shape, values: exponents.map((exponent) => 2 ** exponent) }));
}

/** A `MatMulInteger` of up to 17 x 40 x 17; the accumulator stays below 2^24. */
export const matMulIntegerModel: fc.Arbitrary<OnnxModel> = fc
  .tuple(
    byteType,
    fc.integer({ min: 1, max: 17 }),
    fc.integer({ min: 1, max: 40 }),
    fc.integer({ min: 1, max: 17 }),
  )
  .chain(([type, m, k, n]) =>
    fc.tuple(tensor(type, [m, k]), tensor(type, [k, n]), scalar(type), scalar(type)).map((inputs) => ({
      opType: 'MatMulInteger',
      attributes: new Map(),
      inputs,
      fed: [0],
      outputType: 'int32',
    })),
  );

/** A `QLinearMatMul` of the same sizes, requantized to the type of its operands. */
export const qLinearMatMulModel: fc.Arbitrary<OnnxModel> = fc
  .tuple(
    byteType,
    fc.integer({ min: 1, max: 17 }),
    fc.integer({ min: 1, max: 40 }),
    fc.integer({ min: 1, max: 17 }),
  )
  .chain(([type, m, k, n]) =>
    fc
      .tuple(
        tensor(type, [m, k]),
        powerOfTwo([], -4, 0),
        scalar(type),
        tensor(type, [k, n]),
        powerOfTwo([], -4, 0),
        scalar(type),
        powerOfTwo([], -4, 12),
        scalar(type),
      )
      .map((inputs) => ({
        opType: 'QLinearMatMul',
        attributes: new Map(),
        inputs,
        fed: [0],
        outputType: type,
      })),
  );

const convShape = fc
  .record({
    groups: fc.integer({ min: 1, max: 3 }),
    groupInputs: fc.integer({ min: 1, max: 4 }),
    groupOutputs: fc.integer({ min: 1, max: 5 }),
    batch: fc.integer({ min: 1, max: 2 }),
    size: fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })),
    kernel: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
    strides: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
    dilations: fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 2 })),
    pads: fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 4, maxLength: 4 }),
  })
  .filter(({ size, kernel, dilations, pads }) =>
    size.every((length, axis) => length + pads[axis] + pads[axis + 2] > (kernel[axis] - 1) * dilations[axis]),
  );

/** A `QLinearConv` with strides, asymmetric padding, dilation and groups; scales per tensor or per channel. */
export const qLinearConvModel: fc.Arbitrary<OnnxModel> = fc
  .tuple(byteType, convShape, fc.boolean(), fc.boolean())
  .chain(([type, shape, isPerChannel, hasBias]) => {
    const outputs = shape.groups * shape.groupOutputs;
    const bias = fc
      .array(fc.integer({ min: -100000, max: 100000 }), { minLength: outputs, maxLength: outputs })
      .map((values): OnnxTensor => ({ type: 'int32', shape: [outputs], values }));
    return fc
      .tuple(
        tensor(type, [shape.batch, shape.groups * shape.groupInputs, ...shape.size]),
        powerOfTwo([], -4, 0),
        scalar(type),
        tensor(type, [outputs, shape.groupInputs, ...shape.kernel]),
        powerOfTwo(isPerChannel ? [outputs] : [], -4, 0),
        // onnxruntime takes one zero point for all output channels.
        scalar(type),
        powerOfTwo([], -4, 12),
        scalar(type),
        hasBias ? bias : fc.constant(undefined),
      )
      .map((inputs) => ({
        opType: 'QLinearConv',
        attributes: new Map<string, readonly number[]>([
          ['kernel_shape', shape.kernel],
          ['strides', shape.strides],
          ['dilations', shape.dilations],
          ['pads', shape.pads],
          ['group', [shape.groups]],
        ]),
        inputs,
        fed: [0],
        outputType: type,
      }));
  });
