import type { StudentPlan } from '../plan/studentPlan.js';
import { fraction, type Rational } from './rational.js';

/**
 * What a stored step of a value is worth, where the plan knows it exactly: of inputs, of activations of a low-bit teacher, and behind
 * pools and reshapes of these. Null elsewhere.
 */
export function exactStep(plan: StudentPlan, value: string): Rational | null {
  const input = plan.inputs.find(({ name }) => name === value);
  if (input !== undefined) return asRational(input.scale);
  const node = plan.nodes.find(({ name }) => name === value);
  if (node === undefined) return null;
  if (node.kind !== 'structure') {
    const step = node.activations?.step;
    return step === undefined ? null : asRational(step);
  }
  // A global average has a finer grid of its own, which is rounded to.
  return node.operation.kind === 'globalAveragePool2d' ? null : exactStep(plan, node.input);
}

function asRational({ numerator, denominator }: { numerator: number; denominator: number }): Rational {
  return fraction(BigInt(numerator), BigInt(denominator));
}
