import { elementRange, type ActivationSpec } from '../../activation.js';
import type { DenseOp } from '../../ops/dense.js';
import { geometryOf } from '../geometry.js';
import { planOutput, type OutputPlan } from '../outputStage.js';
import type { OperandTensorLayouts } from '../wasmKernel.js';
import type { RowReader } from './rowReader.js';
import { storedCodes, type StoredBits, type StoredCodes } from './storedCodes.js';

/** A dense layer in the numbers that all its kernels need. */
export interface GemvShape {
  readonly units: number;
  readonly features: number;
  readonly batch: number;
  readonly stored: StoredCodes;
  /** What is subtracted from the stored activations, and the range that is left. */
  readonly offset: number;
  readonly isSigned: boolean;
  readonly magnitude: number;
  readonly output: OutputPlan;
  readonly inputRowBytes: number;
  readonly outputRowBytes: number;
  readonly outputElementBytes: number;
  /** Where the accumulator of the row that was read last starts. */
  startOf(reader: RowReader, row: number): number;
}

/**
 * Describes a dense layer.
 *
 * With activations `a = x - offset` and stored weights `c` its accumulator is, modulo 2^32,
 * `factor * sum(a * c) + addend * sum(a) + bias + (offset - zeroPoint) * sum(w)`.
 */
export function gemvShape(
  op: DenseOp,
  layouts: OperandTensorLayouts,
  storedBits: StoredBits,
  isSigned: boolean,
): GemvShape {
  const [input] = op.inputs;
  const [units, features] = op.weights.shape;
  const stored = storedCodes(op.weights, storedBits);
  const offset = isSigned ? signedOffset(input) : input.quantMin;
  const outputGeometry = geometryOf(op.output, layouts.output);
  return {
    units,
    features,
    batch: input.shape[0],
    stored,
    offset,
    isSigned,
    magnitude: Math.max(offset - input.quantMin, input.quantMax - offset),
    output: planOutput(op.requantization, op.output),
    inputRowBytes: geometryOf(input, layouts.inputs[0]).pixelBytes,
    outputRowBytes: outputGeometry.pixelBytes,
    outputElementBytes: elementRange[op.output.type].bytes,
    startOf(reader, row) {
      const bias = op.bias?.[row] ?? 0;
      if (offset === input.zeroPoint) return bias;
      const weightSum = stored.factor * reader.sum() + stored.addend * features;
      return (bias + Math.imul(offset - input.zeroPoint, weightSum)) | 0;
    },
  };
}

/** Stored bits that hold the codes of a layer, one of a list in ascending order. */
export function fittingBits(bits: number, widths: readonly StoredBits[]): StoredBits {
  return widths.find((width) => bits <= width) ?? 8;
}

/** The offset nearest to the zero point that leaves -128 .. 127. */
function signedOffset({ zeroPoint, quantMin, quantMax }: ActivationSpec): number {
  return Math.min(Math.max(zeroPoint, quantMax - 127), quantMin + 128);
}
