import { wholeNumber } from '@bnfree/example-train-teacher';

/** Reads whole numbers that commas part. */
export function wholeNumbers(text: string): number[] {
  return text.split(',').map(wholeNumber(0, 256));
}
