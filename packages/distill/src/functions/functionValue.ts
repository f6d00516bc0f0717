import type { PointwiseFunction } from './pointwiseFunction.js';

const { fround } = Math;
const selu = { scale: 1.0507009873554805, alpha: 1.6732632423543772 } as const;

/**
 * The function of one float32 value, on the host.
 *
 * Piecewise linear functions round as float32 tensors do, step by step, so that a table of them holds what is simulated.
 */
export function functionValue(form: PointwiseFunction, x: number): number {
  switch (form.kind) {
    case 'leakyRelu':
      return x >= 0 ? x : fround(fround(form.slope) * x);
    case 'clippedRelu':
      return Math.min(Math.max(x, 0), fround(form.maximum));
    case 'thresholdedRelu':
      return x > fround(form.threshold) ? x : 0;
    case 'elu':
      return exponentialBelowZero(x, form.alpha);
    case 'selu':
      return selu.scale * exponentialBelowZero(x, selu.alpha);
    case 'hardSigmoid':
      return limited(fround(fround(x * fround(form.slope)) + fround(form.offset)));
    case 'hardSwish':
      return fround(x * limited(fround(fround(x / 6) + 0.5)));
    case 'hardGate': {
      const line = fround(fround(x * fround(form.slope)) + fround(form.offset));
      return fround(x * Math.min(Math.max(line, 0), fround(form.maximum)));
    }
    case 'sigmoid':
      return sigmoid(x);
    case 'swish':
      return x * sigmoid(x);
    case 'tanh':
      return Math.tanh(x);
    case 'softplus':
      return softplus(x);
    case 'softsign':
      return fround(x / fround(Math.abs(x) + 1));
    case 'mish':
      return x * Math.tanh(softplus(x));
    case 'gelu':
      return 0.5 * x * (1 + errorFunction(x / Math.SQRT2));
    case 'geluTanh':
      return 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
  }
}

function limited(x: number): number {
  return Math.min(Math.max(x, 0), 1);
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

function exponentialBelowZero(x: number, alpha: number): number {
  return x >= 0 ? x : alpha * Math.expm1(x);
}

/** Error below 1.5e-7: formula 7.1.26 of Abramowitz and Stegun, Handbook of Mathematical Functions, 1964. */
function errorFunction(x: number): number {
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const polynomial =
    t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const magnitude = 1 - polynomial * Math.exp(-x * x);
  return x < 0 ? -magnitude : magnitude;
}
