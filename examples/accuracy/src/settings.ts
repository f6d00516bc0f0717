import type { DistillOptions } from '@bnfree/distill';

/** Bits of a student, and how long it is trained: fixed recipes, chosen on training images. */
export interface AccuracySetting {
  readonly bits: { readonly weights: number; readonly activations: number };
  /** How weights are stored; by the bits where it is left out. */
  readonly code?: DistillOptions['code'];
  /** Fitting steps of every layer. */
  readonly fitSteps: number;
  /** Steps of end-to-end compensation; 0 leaves the stage out. */
  readonly tuneSteps: number;
  /** Learning rate of that stage, relative to the root mean square of each kernel. */
  readonly tuneRate: number;
  /** Of the logarithms of the steps. */
  readonly tuneStepRate: number;
  /** Of the layers' own taps, at the first step of that stage. */
  readonly tapWeight: number;
  /** Largest gap to the teacher that the row must keep, in points. */
  readonly mustGap: Readonly<Partial<Record<string, number>>>;
  /** The same for a shift a channel in place of one scale a layer. */
  readonly mustGapWithShifts?: Readonly<Partial<Record<string, number>>>;
}

const [alexnet, lenet] = ['alexnet-bn-cifar10', 'lenet-bn-mnist'];

/** The settings by name; first and last layer keep weights of 8 bits. */
export const accuracySettings = {
  W8A8: setting(8, 8, { fitSteps: 100, tuneSteps: 0, mustGap: { [alexnet]: 0.2 } }),
  W4A4: setting(4, 4, { fitSteps: 100, tuneSteps: 1500, mustGap: { [alexnet]: 0.3 } }),
  W2A4: setting(2, 4, {
    code: 'odd',
    fitSteps: 150,
    tuneSteps: 2000,
    tuneRate: 2e-3,
    tapWeight: 2,
    mustGap: { [alexnet]: 1 },
  }),
  W2A2: setting(2, 2, {
    code: 'odd',
    fitSteps: 150,
    tuneSteps: 4500,
    tuneRate: 2e-3,
    tapWeight: 2,
    mustGap: { [alexnet]: 2, [lenet]: 0.2 },
  }),
  W1A2: setting(1, 2, {
    fitSteps: 150,
    tuneSteps: 3500,
    tapWeight: 2,
    mustGap: { [alexnet]: 4.5 },
    mustGapWithShifts: { [alexnet]: 3.5 },
  }),
} as const satisfies Readonly<Record<string, AccuracySetting>>;

/** Which bits. */
export type AccuracySettingName = keyof typeof accuracySettings;

function setting(
  weights: number,
  activations: number,
  rest: Partial<Omit<AccuracySetting, 'bits'>> & Pick<AccuracySetting, 'fitSteps' | 'tuneSteps' | 'mustGap'>,
): AccuracySetting {
  return { bits: { weights, activations }, tuneRate: 1e-3, tuneStepRate: 2e-4, tapWeight: 0, ...rest };
}
