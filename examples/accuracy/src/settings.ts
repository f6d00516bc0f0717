/** Bits of a student, and how long it is trained: fixed recipes, chosen on training images. */
export interface AccuracySetting {
  readonly bits: { readonly weights: number; readonly activations: number };
  /** Fitting steps of every layer. */
  readonly fitSteps: number;
  /** Steps of end-to-end compensation; 0 leaves the stage out. */
  readonly tuneSteps: number;
  /** Learning rate of that stage, relative to the root mean square of each kernel. */
  readonly tuneRate: number;
  /** Of the logarithms of the steps. */
  readonly tuneStepRate: number;
  /** Largest gap to the teacher that the row must keep, in points. */
  readonly mustGap: Readonly<Partial<Record<string, number>>>;
}

const [alexnet, lenet] = ['alexnet-bn-cifar10', 'lenet-bn-mnist'];

/** The settings by name; first and last layer keep weights of 8 bits. */
export const accuracySettings = {
  W8A8: setting(8, 8, { fitSteps: 100, tuneSteps: 0, mustGap: { [alexnet]: 0.2 } }),
  W4A4: setting(4, 4, { fitSteps: 100, tuneSteps: 1500, mustGap: { [alexnet]: 0.3 } }),
  W2A4: setting(2, 4, { fitSteps: 150, tuneSteps: 2500, mustGap: { [alexnet]: 1 } }),
  W2A2: setting(2, 2, { fitSteps: 150, tuneSteps: 3000, mustGap: { [alexnet]: 2, [lenet]: 0.2 } }),
  W1A2: setting(1, 2, { fitSteps: 150, tuneSteps: 3000, mustGap: { [alexnet]: 4.5 } }),
} as const satisfies Readonly<Record<string, AccuracySetting>>;

/** Which bits. */
export type AccuracySettingName = keyof typeof accuracySettings;

function setting(
  weights: number,
  activations: number,
  rest: Omit<AccuracySetting, 'bits' | 'tuneRate' | 'tuneStepRate'>,
): AccuracySetting {
  return { bits: { weights, activations }, tuneRate: 1e-3, tuneStepRate: 2e-4, ...rest };
}
