import {
  type Arena,
  type DenseOp,
  type KernelBackend,
  type KernelCall,
  type TensorValues,
  packWeights,
  placeOperands,
  readTensor,
  runOp,
  typescriptBackend,
  writeInputs,
} from '../../../src/index.js';

/** A layer in the memory of a backend. */
export interface PreparedDense {
  readonly arena: Arena;
  readonly call: KernelCall;
  /** The output as it stands in memory. */
  readonly read: () => TensorValues;
  /** What the reference gives. */
  readonly expected: TensorValues;
}

const features = 40;
const units = 24;

function denseOp(rows: number): DenseOp {
  const int8 = { type: 'int8', zeroPoint: 0, quantMin: -128, quantMax: 127 } as const;
  const values = Array.from({ length: features * units }, (_, index) => ((index * 37) % 255) - 127);
  return {
    op: 'dense',
    inputs: [{ ...int8, shape: [rows, features] }],
    output: { ...int8, shape: [rows, units] },
    weights: packWeights(values, [units, features], { bits: 8, code: 'twosComplement', zeroPoint: 0 }),
    requantization: { kind: 'shift', rounding: 'halfUp', shifts: Int32Array.of(9) },
  };
}

/** Prepares a fully connected layer of a number of rows, and writes its input. */
export async function preparedDense(backend: KernelBackend, rows = 64): Promise<PreparedDense> {
  const op = denseOp(rows);
  const input = Int8Array.from({ length: rows * features }, (_, index) => ((index * 91) % 256) - 128);
  const places = placeOperands(backend, op);
  const arena = await backend.allocate(places.byteLength);
  writeInputs(arena, op, places, [input]);
  const call = await backend.prepare(op, { ...places, arena });
  const expected = await runOp(typescriptBackend(), op, [input]);
  return { arena, call, read: () => readTensor(arena, op.output, places.output), expected };
}
