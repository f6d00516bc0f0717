import {
  packWeights,
  type ActivationSpec,
  type Op,
  type Requantization,
  type WeightFormat,
  type Weights,
} from '@bnfree/integer-kernels';
import type { GraphNode, IntegerGraph } from '../src/index.js';

/** Deterministic whole numbers `min .. max` for test data. */
export function numberSource(seed: number): (min: number, max: number) => number {
  let state = Math.imul(seed, 0x9e3779b1) | 1;
  return (min, max) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return min + ((state >>> 0) % (max - min + 1));
  };
}

/** An int8 or uint8 activation over its whole range unless said otherwise. */
export function spec(
  shape: readonly number[],
  type: 'int8' | 'uint8' = 'int8',
  part: Partial<ActivationSpec> = {},
): ActivationSpec {
  const [quantMin, quantMax] = type === 'int8' ? [-128, 127] : [0, 255];
  return { shape, type, zeroPoint: 0, quantMin, quantMax, ...part };
}

/** Packed random weights. */
export function randomWeights(
  shape: readonly number[],
  random: (min: number, max: number) => number,
  format: WeightFormat = { bits: 8, code: 'twosComplement', zeroPoint: 0 },
): Weights {
  const codes = new Uint8Array(shape.reduce((count, length) => count * length, 1));
  const values = Array.from(codes, () => {
    const code = random(0, 2 ** format.bits - 1);
    if (format.code === 'sign') return code * 2 - 1;
    if (format.code === 'odd') return 2 * code - (2 ** format.bits - 1);
    return format.code === 'unsigned' ? code : code - 2 ** (format.bits - 1);
  });
  return packWeights(
    values.map((value) => value - format.zeroPoint),
    shape,
    format,
  );
}

/** `round(acc / 2^shift)` for all channels. */
export function byShift(shift: number): Requantization {
  return { kind: 'shift', rounding: 'halfUp', shifts: Int32Array.of(shift) };
}

/** Nodes in a row: each takes the value of the one before. */
export function chain(
  input: ActivationSpec,
  ops: readonly (readonly [name: string, op: Op])[],
  part: Partial<IntegerGraph> = {},
): IntegerGraph {
  let previous = 'image';
  const nodes = ops.map(([name, op]): GraphNode => {
    const node = { name, op, inputs: [previous] };
    previous = name;
    return node;
  });
  return {
    name: 'chain',
    inputs: [{ name: 'image', tensor: input, scale: { multiplier: 1, shift: 8 } }],
    nodes,
    outputs: [{ name: 'logits', value: previous, scale: { multiplier: 3, shift: 10 } }],
    classes: [],
    metadata: { source: 'test, version 1.0' },
    ...part,
  };
}
