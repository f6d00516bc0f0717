import { wholeNumber } from '@bnfree/example-train-teacher';
import { InvalidArgumentError } from 'commander';

/** Reads whole numbers that commas part. */
export function wholeNumbers(text: string): number[] {
  return text.split(',').map(wholeNumber(0, 256));
}

/** Reads a share of 0 up to, and without, 1. */
export function share(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value < 1) return value;
  throw new InvalidArgumentError('expected a number of 0 up to 1');
}
