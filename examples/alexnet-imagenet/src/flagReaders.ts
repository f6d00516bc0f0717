import { InvalidArgumentError } from 'commander';

/** Reads a whole number of a range. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(`expected a whole number of ${min} .. ${max}`);
  };
}

/** Reads a number above 0. */
export function positive(text: string): number {
  const value = Number(text);
  if (value > 0 && value <= 100) return value;
  throw new InvalidArgumentError('expected a number above 0, at most 100');
}

/** Reads whole numbers that commas part. */
export function wholeNumbers(text: string): number[] {
  return text.split(',').map(wholeNumber(0, 256));
}
