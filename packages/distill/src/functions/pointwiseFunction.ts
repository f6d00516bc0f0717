/** A function of one value: what a table of 256 bytes can hold. Plain data. */
export type PointwiseFunction =
  /** `x` above zero, `slope * x` below. */
  | { readonly kind: 'leakyRelu'; readonly slope: number }
  /** `min(max(x, 0), maximum)`. */
  | { readonly kind: 'clippedRelu'; readonly maximum: number }
  /** `x` above the threshold, else 0. */
  | { readonly kind: 'thresholdedRelu'; readonly threshold: number }
  /** `x` above zero, `alpha * (exp(x) - 1)` below. */
  | { readonly kind: 'elu'; readonly alpha: number }
  /** `min(max(slope * x + offset, 0), 1)`; Keras 2 and tfjs have 1/5 and 1/2, Keras 3 has 1/6 and 1/2. */
  | { readonly kind: 'hardSigmoid'; readonly slope: number; readonly offset: number }
  /** `x * min(max(x / 6 + 1 / 2, 0), 1)` (Howard et al. 2019, arXiv 1905.02244). */
  | { readonly kind: 'hardSwish' }
  /** `x * min(max(slope * x + offset, 0), maximum)`: hard swish with other constants, such as those of tfjs's hard sigmoid. */
  | { readonly kind: 'hardGate'; readonly slope: number; readonly offset: number; readonly maximum: number }
  /** `x * sigmoid(x)`, also called silu. */
  | { readonly kind: 'swish' }
  /** `x * tanh(softplus(x))`. */
  | { readonly kind: 'mish' }
  /** `x / 2 * (1 + erf(x / sqrt(2)))`. */
  | { readonly kind: 'gelu' }
  /** The same with `tanh(sqrt(2 / pi) * (x + 0.044715 * x^3))` for the error function. */
  | { readonly kind: 'geluTanh' }
  | { readonly kind: 'selu' | 'sigmoid' | 'tanh' | 'softplus' | 'softsign' };

/** Constants of {@link PointwiseFunction} by kind, in the order of the fields. */
export const functionConstants = {
  leakyRelu: ['slope'],
  clippedRelu: ['maximum'],
  thresholdedRelu: ['threshold'],
  elu: ['alpha'],
  hardSigmoid: ['slope', 'offset'],
  hardSwish: [],
  hardGate: ['slope', 'offset', 'maximum'],
  swish: [],
  mish: [],
  gelu: [],
  geluTanh: [],
  selu: [],
  sigmoid: [],
  tanh: [],
  softplus: [],
  softsign: [],
} as const satisfies Record<PointwiseFunction['kind'], readonly string[]>;

/** Whether no value of the function is below zero, so that its grid needs no sign. */
export function isNonNegativeFunction(form: PointwiseFunction): boolean {
  switch (form.kind) {
    case 'clippedRelu':
    case 'hardSigmoid':
    case 'sigmoid':
    case 'softplus':
      return true;
    case 'thresholdedRelu':
      return form.threshold >= 0;
    default:
      return false;
  }
}

/** For people: `leakyRelu(0.3)`. */
export function describeFunction(form: PointwiseFunction): string {
  const constants = Object.entries(form).flatMap(([key, value]) => (key === 'kind' ? [] : [String(value)]));
  return constants.length === 0 ? form.kind : `${form.kind}(${constants.join(', ')})`;
}
