import type { DemoSettings } from './demoSettings.js';

/** One row of the accuracy table: a name and what the demo is asked to do for it. */
export interface AccuracySetting {
  readonly id: string;
  readonly settings: Omit<DemoSettings, 'out' | 'isResuming' | 'isJson'>;
}

/** The demo's default budget. */
const budget = { trainImages: 10_000, fitSteps: 100, tuneSteps: 0, batchSize: 64, seed: 7 } as const;

/** The rows of docs/accuracy.md: fixed recipes, chosen on training images. */
export const accuracySettings: readonly AccuracySetting[] = [
  { id: 'W8A8', settings: { ...budget, bits: { weights: 8, activations: 8 }, requantization: 'perLayer' } },
  { id: 'W4A4', settings: { ...budget, bits: { weights: 4, activations: 4 }, requantization: 'perLayer' } },
  {
    id: 'W4A4-perChannel',
    settings: { ...budget, bits: { weights: 4, activations: 4 }, requantization: 'perChannel' },
  },
  {
    id: 'W4A4-shiftPerLayer',
    settings: { ...budget, bits: { weights: 4, activations: 4 }, requantization: 'shiftPerLayer' },
  },
  {
    id: 'W4A4-divide',
    settings: { ...budget, bits: { weights: 4, activations: 4 }, requantization: 'divide' },
  },
  { id: 'W2A2', settings: { ...budget, bits: { weights: 2, activations: 2 }, requantization: 'perLayer' } },
];
