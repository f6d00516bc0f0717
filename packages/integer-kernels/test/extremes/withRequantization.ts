import { type ActivationSpec, type Op, type Requantization, definitionOf } from '../../src/index.js';

/** An op that lacks what depends on the size of its accumulator. */
export type OpenOp<Name extends Op> = Omit<Name, 'output' | 'requantization'>;

/**
 * Completes an op with one of the kinds of requantization, by turns, at a scale that uses the range of the output.
 *
 * Every second turn stores the accumulators themselves.
 */
export function withRequantization<Name extends Op>(
  open: OpenOp<Name>,
  shape: readonly number[],
  turn: number,
): Name {
  const whole: ActivationSpec = {
    shape,
    type: 'int32',
    zeroPoint: 0,
    quantMin: -0x80000000,
    quantMax: 0x7fffffff,
  };
  const draft = { ...open, output: whole, requantization: { kind: 'none' } } as unknown as Name;
  if (turn % 2 === 0) return draft;
  const { magnitude } = definitionOf(draft).accumulatorBound(draft);
  const requantization = scaled((turn - 1) / 2, magnitude, shape[shape.length - 1]);
  return { ...draft, output: outputs[((turn - 1) / 2) % outputs.length](shape), requantization };
}

const outputs: readonly ((shape: readonly number[]) => ActivationSpec)[] = [
  (shape) => ({ shape, type: 'int8', zeroPoint: -5, quantMin: -128, quantMax: 127 }),
  (shape) => ({ shape, type: 'uint8', zeroPoint: 128, quantMin: 0, quantMax: 255 }),
  (shape) => ({ shape, type: 'int8', zeroPoint: 0, quantMin: 0, quantMax: 127 }),
];

function scaled(turn: number, magnitude: number, channels: number): Requantization {
  const bits = Math.ceil(Math.log2(magnitude + 1));
  const perChannel = (first: number, step: number): Int32Array =>
    Int32Array.from({ length: channels }, (_, channel) => first + step * channel);
  switch (turn % 4) {
    case 0:
      return {
        kind: 'multiplier',
        rounding: 'halfUp',
        multipliers: perChannel(0x7fffffff, -12345),
        shifts: Int32Array.of(Math.min(62, 31 + Math.max(0, bits - 7))),
      };
    case 1:
      return { kind: 'shift', rounding: 'gemmlowp', shifts: Int32Array.of(Math.max(0, bits - 7)) };
    case 2:
      return { kind: 'divide', rounding: 'halfToEven', divisors: perChannel(2 ** Math.max(0, bits - 8), 1) };
    default: {
      const step = Math.max(1, Math.floor(magnitude / 8));
      return {
        kind: 'threshold',
        count: 15,
        thresholds: Int32Array.from({ length: 15 }, (_, i) => (i - 7) * step),
      };
    }
  }
}
