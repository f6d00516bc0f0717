import type { RequantizationScheme } from '@bnfree/distill';

/** What a run of the demo is asked to do. */
export interface DemoSettings {
  readonly bits: { readonly weights: number; readonly activations: number };
  readonly requantization: RequantizationScheme;
  readonly trainImages: number;
  readonly fitSteps: number;
  readonly tuneSteps: number;
  readonly batchSize: number;
  readonly seed: number;
  /** Folder for `model.bnfree`, `report.json` and the checkpoint. */
  readonly out: string;
  /** Goes on from the checkpoint in `out`; otherwise an old one is removed. */
  readonly isResuming: boolean;
  /** One JSON document on standard output and nothing else. */
  readonly isJson: boolean;
}

/** The settings that the result depends on. */
export type ResultSettings = Omit<DemoSettings, 'out' | 'isResuming' | 'isJson'>;

/** The settings that the result depends on, alone. */
export function resultSettings(settings: DemoSettings): ResultSettings {
  const { bits, requantization, trainImages, fitSteps, tuneSteps, batchSize, seed } = settings;
  return { bits, requantization, trainImages, fitSteps, tuneSteps, batchSize, seed };
}

/** `W4A4`. */
export function showBits({ weights, activations }: DemoSettings['bits']): string {
  return `W${weights}A${activations}`;
}
